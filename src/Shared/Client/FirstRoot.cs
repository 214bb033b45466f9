using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Fetches the root that an anchor names, from whichever protocol of a server has it.</summary>
internal static class FirstRoot
{
    public static async Task<byte[]> FetchAsync(
        string repository, TrustAnchor anchor, ImmutableArray<IMetadataFormat> formats, Func<IMetadataFormat, IMetadataSource>? sourceOf, DateTimeOffset referenceTime, CancellationToken cancellationToken)
    {
        if (sourceOf is null)
            throw new TrustException(TrustError.RootNotPinned, $"Offline, the root that {anchor.Text} stands for is not at hand.") { Hint = "Give the root file itself (--root FILE), or run the command once without --offline." };
        return await OfferedRoot.FindAsync(formats, sourceOf, anchor.FirstVersion, Accept, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no root{(anchor.FirstVersion is { } version ? $" {version}" : "")} of {repository} at {string.Join(" or ", formats.Select(format => sourceOf(format).Location))}.") { Hint = "Check the repository's name and the trust server's address." };

        byte[] Accept(IMetadataFormat format, byte[] file, string location)
        {
            anchor.RequireFirst(file, location);
            anchor.Require(TrustedRoot.Pin(format, file, VerificationLimits.Default), referenceTime);
            return file;
        }
    }
}
