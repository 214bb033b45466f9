using System.Collections.Immutable;
using TrustService.Cli.Importing;
using TrustService.Fuzz.Mutators;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>What is moved in from Notary: archives and the settings of its client.</summary>
internal static class ImportParsers
{
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    public static IEnumerable<ParserUnderTest> Make()
    {
        var manifest = new ArchiveManifest("https://notary.example.com", FixedTime.Start,
            [new ArchiveManifest.Repository(Repository, null, [new ArchiveManifest.File("0001/root/1.json", RoleName.Root, 1, new string('a', 64), 3)]), new ArchiveManifest.Repository(Repository, "expired", [])]);
        yield return new ParserUnderTest("archive", 1, new TarMutator(), [Archive()], ReadArchive);
        yield return new ParserUnderTest("archive-manifest", 4, new JsonMutator("kind", "notary-trust-archive", "version", "source", "created", "repositories", "name", "problem", "files", "path", "role", "sha256", "length"), [manifest.Write()], input => ArchiveManifest.Read(input));
        yield return new ParserUnderTest("notary-auth", 3, new ByteMutator("=", ":"), [InputText.Seed("dXNlcjpwYXNz"), InputText.Seed("OnBhc3M=")], input => TrustServerCredentials.ParseNotary(InputText.Of(input)));
    }

    private static byte[] Archive()
    {
        using var directory = new TestDirectory();
        using (var writer = new ArchiveWriter(directory["seed.tar"], "https://notary.example.com", FixedTime.Start))
        {
            writer.Add(new ForeignRepository(Repository, ImmutableArray.Create(new ForeignFile(RoleName.Root, 1, "{}"u8.ToArray()), new ForeignFile(RoleName.Parse("targets/releases"), 7, "[]"u8.ToArray()))), null);
            writer.Complete();
        }
        return File.ReadAllBytes(directory["seed.tar"]);
    }

    private static void ReadArchive(byte[] input)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, input);
            using var archive = ArchiveReader.Open(path);
            foreach (var name in archive.Names.Take(4))
                _ = archive.ReadAsync(name, withFormerVersions: true, CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
