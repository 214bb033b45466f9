using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_file_download</c>.</summary>
public sealed class FileDownloadCases
{
    private const string Content = "target file contents";

    [Theory]
    [InlineData("test_client_downloads_expected_file", "target_file.txt", "HASH.target_file.txt")]
    [InlineData("test_client_downloads_expected_file_in_sub_dir", "path/to/a/target_file.txt", "path/to/a/HASH.target_file.txt")]
    public async Task Download_ListedTarget_StoresItsContent(string caseId, string path, string request)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.AddTarget(RoleName.Targets, path, Content);
        run.Repository.Publish(RoleName.Targets);
        await run.RefreshesAsync();
        Assert.Empty(run.Downloaded);

        await run.DownloadsAsync(path);

        Assert.Equal([Content], run.Downloaded);
        Assert.Equal([request.Replace("HASH", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content))), StringComparison.Ordinal)], run.TargetRequests);
    }

    [Theory]
    [InlineData("test_repository_substitutes_target_file")]
    public async Task Download_RepositoryServesOtherContent_NeverStoresIt(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.AddTarget(RoleName.Targets, "one", Content);
        run.Repository.AddTarget(RoleName.Targets, "two", "content");
        run.Repository.Publish(RoleName.Targets);
        await run.DownloadsAsync("one");
        run.Repository.TargetFiles["one"] = "malicious data - should not download"u8.ToArray();
        run.Repository.TargetFiles["two"] = "malicious data - should not download"u8.ToArray();

        await run.DownloadsAsync("one");
        await run.RefusesDownloadAsync(TrustError.TooLarge, "two");

        Assert.Equal([Content], run.Downloaded);
    }

    [Theory]
    [InlineData("test_multiple_changes_to_target")]
    public async Task Download_TargetThatChangesAgainAndAgain_IsTheListedOneEachTime(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.AddTarget(RoleName.Targets, "file", Content);
        run.Repository.Publish(RoleName.Targets);
        await run.DownloadsAsync("file");
        var others = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            run.Repository.AddTarget(RoleName.Targets, "file", $"modified file contents {number}");
            run.Repository.AddTarget(RoleName.Targets, $"new-{number}", $"new file contents {number}");
            run.Repository.Publish(RoleName.Targets);
            // The client sees every fifth version only.
            if (i % 5 != 0)
                continue;
            others.Add($"new file contents {number}");
            await run.DownloadsAsync("file");
            await run.DownloadsAsync($"new-{number}");
            Assert.Equal(others.Append($"modified file contents {number}").Order(StringComparer.Ordinal), run.Downloaded.Order(StringComparer.Ordinal));

            run.Repository.TargetFiles["file"] = Encoding.UTF8.GetBytes($"malicious contents {number}");
            run.Repository.Publish(RoleName.Targets);
            // The stored file is the listed one, so nothing is asked for.
            await run.DownloadsAsync("file");
            Assert.Equal(others.Append($"modified file contents {number}").Order(StringComparer.Ordinal), run.Downloaded.Order(StringComparer.Ordinal));
        }
    }

    // The suite's three sets: sha256, sha512, and both.
    [Theory]
    [InlineData("test_download_with_hash_algorithms[hashes0]", "sha256")]
    [InlineData("test_download_with_hash_algorithms[hashes1]", "sha512")]
    [InlineData("test_download_with_hash_algorithms[hashes2]", "sha256 sha512")]
    public async Task Download_KnownHashes_AsksOnceByOneOfThem(string caseId, string algorithms)
    {
        await using var run = new ConformanceRun(caseId);
        var listed = Add(run, algorithms);

        await run.DownloadsAsync("file");

        Assert.Equal([Content], run.Downloaded);
        Assert.Contains(Assert.Single(run.TargetRequests), listed.Values.Select(hash => $"{Convert.ToHexStringLower(hash.Value.Span)}.file"));
    }

    [Theory]
    [InlineData("test_download_with_unknown_hash_algorithm")]
    public async Task Download_UnknownHashAlone_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        Add(run, "unknown-hash");

        await run.RefusesDownloadAsync(TrustError.NoSupportedHash, "file");

        Assert.Empty(run.Downloaded);
    }

    [Theory]
    [InlineData("test_artifact_cache")]
    public async Task Download_SecondTime_AsksForNothing(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.AddTarget(RoleName.Targets, "file", Content);
        run.Repository.Publish(RoleName.Targets);

        await run.DownloadsAsync("file");
        await run.DownloadsAsync("file");

        Assert.Single(run.TargetRequests);
    }

    private static FileHashes Add(ConformanceRun run, string algorithms)
    {
        var bytes = Encoding.UTF8.GetBytes(Content);
        var hashes = new FileHashes([.. algorithms.Split(' ').Select(name => new FileHash(name, name == "sha256" ? SHA256.HashData(bytes) : SHA512.HashData(bytes)))]);
        run.Repository.AddTarget(RoleName.Targets, "file", new TargetFile { Length = bytes.Length, Hashes = hashes });
        run.Repository.TargetFiles["file"] = bytes;
        run.Repository.Publish(RoleName.Targets);
        return hashes;
    }
}
