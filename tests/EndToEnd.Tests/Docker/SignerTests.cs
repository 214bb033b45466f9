using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Docker;

/// <summary><c>docker trust</c>: sign, signers, inspect and revoke.</summary>
[Trait("Needs", "docker")]
public sealed class SignerTests(DockerWorld world) : IClassFixture<DockerWorld>
{
    [Fact]
    public async Task TrustSign_InANewRepository_MakesASignerNamedAfterTheLogin()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        var imageId = await owner.NewImageAsync($"{repository}:1.0");
        var pushed = await owner.PushUnsignedAsync($"{repository}:1.0");

        (await owner.DoAsync("trust", "sign", $"{repository}:1.0")).Says($"Successfully signed {repository}:1.0");

        var tag = Assert.Single(await owner.SignedTagsAsync(repository));
        Assert.Equal(("1.0", pushed.Digest.ToString(), RegistryFixture.Username), (tag.Key, tag.Value.Digest, tag.Value.Signers));
        await owner.DoUnsignedAsync("rmi", $"{repository}:1.0");
        await world.NewPerson().DoAsync("pull", $"{repository}:1.0");
        Assert.Equal(imageId, await owner.ImageIdAsync($"{repository}:1.0"));
    }

    [Fact]
    public async Task TrustSignerAdd_LetsSomebodyWithHisOwnKeySign()
    {
        var (owner, repository, _) = await world.NewSignedImageAsync("1.0");
        using var aliceKey = new SigningCertificate("alice");
        var alice = world.NewPerson();

        (await owner.DoAsync("trust", "signer", "add", "alice", repository, "--key", aliceKey.PublicKeyFile)).Says("Successfully added signer: alice");
        await alice.DoAsync("trust", "key", "load", aliceKey.KeyFile, "--name", "alice");
        var imageId = await alice.NewImageAsync($"{repository}:2.0");
        var pushed = await alice.PushAsync($"{repository}:2.0");

        var inspected = await world.NewPerson().InspectTrustAsync(repository);
        var signer = Assert.Single(inspected.GetProperty("Signers").EnumerateArray());
        Assert.Equal(("alice", aliceKey.KeyId), (signer.GetProperty("Name").GetString(), signer.GetProperty("Keys")[0].GetProperty("ID").GetString()));
        Assert.Equal(["Root", "Repository"], inspected.GetProperty("AdministrativeKeys").EnumerateArray().Select(key => key.GetProperty("Name").GetString()));
        Assert.Equal((pushed.Digest.ToString(), "alice"), (await alice.SignedTagsAsync(repository))["2.0"]);
        await alice.DoUnsignedAsync("rmi", $"{repository}:2.0");
        await world.NewPerson().DoAsync("pull", $"{repository}:2.0");
        Assert.Equal(imageId, await alice.ImageIdAsync($"{repository}:2.0"));
    }

    [Fact]
    public async Task TrustSign_OfATagThatAnotherSigned_AddsASigner()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        var (alice, bob) = (world.NewPerson(), world.NewPerson());
        using var aliceKey = new SigningCertificate("alice");
        using var bobKey = new SigningCertificate("bob");
        await owner.DoAsync("trust", "signer", "add", "alice", repository, "--key", aliceKey.PublicKeyFile);
        await owner.DoAsync("trust", "signer", "add", "bob", repository, "--key", bobKey.PublicKeyFile);
        await alice.DoAsync("trust", "key", "load", aliceKey.KeyFile, "--name", "alice");
        await bob.DoAsync("trust", "key", "load", bobKey.KeyFile, "--name", "bob");
        await alice.NewImageAsync($"{repository}:1.0");
        await alice.PushAsync($"{repository}:1.0");

        (await bob.DoAsync("trust", "sign", $"{repository}:1.0")).Says($"Successfully signed {repository}:1.0");

        Assert.Equal("alice,bob", (await world.NewPerson().SignedTagsAsync(repository))["1.0"].Signers);
        (await bob.DoAsync("trust", "inspect", "--pretty", repository)).Says("alice, bob").Says("List of signers and their keys");
    }

    [Fact]
    public async Task TrustRevoke_OfATag_MakesItUnsigned()
    {
        var (owner, repository, _) = await world.NewSignedImageAsync("1.0");
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushAsync($"{repository}:2.0");

        (await owner.DoAsync("trust", "revoke", $"{repository}:1.0")).Says($"Successfully deleted signature for {repository}:1.0");

        Assert.Equal(["2.0"], (await world.NewPerson().SignedTagsAsync(repository)).Keys);
        (await world.NewPerson().RunAsync("pull", $"{repository}:1.0")).Fails("trust data for 1.0");
        (await owner.DoAsync("trust", "revoke", "-y", repository)).Says($"Successfully deleted signature for {repository}");
        Assert.Empty(await world.NewPerson().SignedTagsAsync(repository));
    }

    [Fact]
    public async Task TrustRevoke_OfATagOfASigner_MakesItUnsigned()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        await owner.NewImageAsync($"{repository}:1.0");
        await owner.DoAsync("trust", "sign", $"{repository}:1.0");

        (await owner.DoAsync("trust", "revoke", $"{repository}:1.0")).Says($"Successfully deleted signature for {repository}:1.0");

        Assert.Empty(await world.NewPerson().SignedTagsAsync(repository));
        (await world.NewPerson().RunAsync("pull", $"{repository}:1.0")).Fails("trust data for 1.0");
    }

    [Fact]
    public async Task TrustSignerRemove_TakesTheSignersTagsAndRights()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        using var aliceKey = new SigningCertificate("alice");
        using var bobKey = new SigningCertificate("bob");
        var (alice, bob) = (world.NewPerson(), world.NewPerson());
        foreach (var (name, person, key) in new[] { ("bob", bob, bobKey), ("alice", alice, aliceKey) })
        {
            await owner.DoAsync("trust", "signer", "add", name, repository, "--key", key.PublicKeyFile);
            await person.DoAsync("trust", "key", "load", key.KeyFile, "--name", name);
        }
        await bob.NewImageAsync($"{repository}:1.0");
        await bob.PushAsync($"{repository}:1.0");
        await alice.NewImageAsync($"{repository}:2.0");
        await alice.PushAsync($"{repository}:2.0");

        (await owner.ConfirmAsync("trust", "signer", "remove", "alice", repository)).Says("Successfully removed alice from");

        var inspected = await world.NewPerson().InspectTrustAsync(repository);
        Assert.Equal(["bob"], inspected.GetProperty("Signers").EnumerateArray().Select(signer => signer.GetProperty("Name").GetString()));
        await alice.NewImageAsync($"{repository}:3.0");
        (await alice.RunAsync("trust", "sign", $"{repository}:3.0")).Fails("no valid signing keys");
        // What was released last was signed by the key that is gone: nothing is released until another signer vouches for it.
        (await world.NewPerson().RunAsync("pull", $"{repository}:1.0")).Fails("trust data");
        await bob.DoNotaryAsync(world.Server.Url, world.Server.CaFile, "witness", "--publish", repository, "targets/releases");
        await world.NewPerson().DoAsync("pull", $"{repository}:1.0");
    }
}
