using System.Runtime.Versioning;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Options;
using TrustService.Testing;

namespace TrustService.Server.Tests.OnlineKeys;

[UnsupportedOSPlatform("windows")]
public sealed class MasterKeyFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("trust-master-").FullName;
    private readonly Dictionary<string, string?> environment = [];
    private readonly SigningOptions signing = new();

    private string DefaultPath => Path.Combine(directory, "data", MasterKeyFile.DefaultName);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Open_EmbeddedDatabase_MakesAPrivateFileOnce()
    {
        var first = Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DefaultPath));
        Assert.Equal(first.Id, Open().Id);
        Assert.Equal([DefaultPath], Directory.GetFiles(Path.Combine(directory, "data")));
    }

    [Fact]
    public async Task Open_ManyServersAtOnce_UseOneKey()
    {
        for (var round = 0; round < 50; round++)
        {
            if (File.Exists(DefaultPath))
                File.Delete(DefaultPath);
            var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Open().Id)));
            Assert.Single(ids.Distinct());
        }
    }

    [Fact]
    public void Open_DatabaseOfItsOwnWithoutKey_IsRefusedOutsideDevelopment()
    {
        Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open("Host=db"));
        Assert.False(File.Exists(DefaultPath));
        Assert.NotEmpty(Open("Host=db", mayCreate: true).Id);
    }

    [Fact]
    public void Open_Environment_ComesFirst()
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.Length);
        var file = Write("named", Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.Length)));
        signing.MasterKeyFile = Write("configured", Convert.ToBase64String(key));
        Assert.Equal(new MasterKey(key).Id, Open().Id);
        environment[MasterKeyFile.FileVariable] = file;
        Assert.NotEqual(new MasterKey(key).Id, Open().Id);
        environment[MasterKeyFile.KeyVariable] = Convert.ToBase64String(key);
        Assert.Equal(new MasterKey(key).Id, Open().Id);
        Assert.False(File.Exists(DefaultPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Open_NoKeyInTheVariable_IsRefusedWithoutRepeatingIt(string text)
    {
        environment[MasterKeyFile.KeyVariable] = text;
        var refusal = Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open());
        Assert.Contains(MasterKeyFile.KeyVariable, refusal.Message, StringComparison.Ordinal);
        Assert.True(text.Length == 0 || !refusal.ToString().Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Open_FileOpenToOthers_IsRefused(UnixFileMode others)
    {
        Open();
        File.SetUnixFileMode(DefaultPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Contains("chmod 600", Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open()).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WrongLengthOrHugeFile_IsRefused()
    {
        signing.MasterKeyFile = Write("short", Convert.ToBase64String(new byte[31]));
        Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open());
        signing.MasterKeyFile = Write("huge", new string('A', 1 << 20));
        Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open());
        signing.MasterKeyFile = Path.Combine(directory, "missing");
        Refusal.Of(TrustError.OnlineKeyUnavailable, () => Open());
    }

    [Fact]
    public void ToString_Key_ShowsNothingOfIt()
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.Length);
        using var master = new MasterKey(key);
        Assert.DoesNotContain(Convert.ToHexStringLower(key)[..8], master.ToString(), StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private MasterKey Open(string connectionString = "", bool mayCreate = false) => MasterKeyFile.Open(
        new DatabaseOptions { DataDirectory = Path.Combine(directory, "data"), ConnectionString = connectionString }, signing, mayCreate, environment.GetValueOrDefault);
}
