using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text;
using TrustService.Cli.Importing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Importing;

/// <summary>Archives whose tar headers say what cannot be; the library that reads them refuses each in another way.</summary>
public sealed class DamagedArchiveTests : IDisposable
{
    private const int Block = 512;
    private const int SizeAt = 124;
    private const int TimeAt = 136;
    private const int TypeAt = 156;

    private readonly TestDirectory directory = new();
    private readonly byte[] archive;

    public DamagedArchiveTests()
    {
        using (var writer = new ArchiveWriter(directory["a.tar"], "https://notary.example.com", FixedTime.Start))
        {
            writer.Add(new ForeignRepository(RepositoryName.Parse("registry.example.com/team/app"), ImmutableArray.Create(new ForeignFile(RoleName.Root, 1, "{}"u8.ToArray()))), null);
            writer.Complete();
        }
        archive = File.ReadAllBytes(directory["a.tar"]);
    }

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(TypeAt, "S")]
    [InlineData(TypeAt, "M")]
    [InlineData(SizeAt, "77777777777\0")]
    [InlineData(SizeAt, "zzzzzzzzzzz\0")]
    [InlineData(TimeAt, "\u0080zzzzzzzzzzz")]
    public void Open_HeaderThatCannotBe_IsRefused(int at, string value)
    {
        for (var header = 0; header < archive.Length; header += Block)
        {
            if (!archive.AsSpan(header + 257, 5).SequenceEqual("ustar"u8))
                continue;
            var path = directory[$"{header}.tar"];
            File.WriteAllBytes(path, WithField(header, at, value));

            Refusal.IsAccepted(() => ArchiveReader.Open(path).Dispose());
            if (header == 0 && at != TypeAt)
                Refusal.Of(TrustError.InvalidArchive, () => ArchiveReader.Open(path).Dispose());
        }
    }

    [Fact]
    public void Open_CutAnywhere_IsRefusedOrReadInFull()
    {
        var path = directory["cut.tar"];
        for (var length = 0; length < archive.Length; length += 211)
        {
            File.WriteAllBytes(path, archive[..length]);

            Refusal.IsAccepted(() =>
            {
                using var reader = ArchiveReader.Open(path);
                _ = reader.ReadAsync(Assert.Single(reader.Names), true, CancellationToken.None).GetAwaiter().GetResult();
            });
        }
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(1, 2, 2)]
    [InlineData(1, 1, 1024L * 1024 * 1024)]
    public void Open_ManifestThatListsAnEntryTwiceOrTooMuch_IsRefused(int repositories, int files, long length)
    {
        var name = RepositoryName.Parse("registry.example.com/team/app");
        var file = new ArchiveManifest.File("0001/root/1.json", RoleName.Root, 1, new string('a', 64), length);
        var manifest = new ArchiveManifest("https://notary.example.com", FixedTime.Start, [.. Enumerable.Repeat(new ArchiveManifest.Repository(name, null, [.. Enumerable.Repeat(file, files)]), repositories)]);
        using (var stream = File.Create(directory["listed.tar"]))
        using (var tar = new TarWriter(stream))
        {
            foreach (var (path, data) in ((string, byte[])[])[(file.Path, "{}"u8.ToArray()), (ArchiveManifest.EntryName, manifest.Write())])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(data) });
        }

        Refusal.Of(TrustError.InvalidArchive, () => ArchiveReader.Open(directory["listed.tar"]).Dispose());
    }

    private byte[] WithField(int header, int at, string value)
    {
        byte[] changed = [.. archive];
        Encoding.Latin1.GetBytes(value).CopyTo(changed, header + at);
        var checksum = changed.AsSpan(header + 148, 8);
        checksum.Fill((byte)' ');
        var sum = 0;
        foreach (var octet in changed.AsSpan(header, Block))
            sum += octet;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(checksum);
        return changed;
    }
}
