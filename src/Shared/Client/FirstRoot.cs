using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
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
        TrustException? mismatch = null;
        foreach (var format in formats)
        {
            var source = sourceOf(format);
            if (await source.FetchAsync(format.Rules.FileName(RoleName.Root, anchor.FirstVersion), VerificationLimits.Default.MaxRootBytes, cancellationToken).ConfigureAwait(false) is not { } file)
                continue;
            try
            {
                anchor.RequireFirst(file, source.Location);
                anchor.Require(TrustedRoot.Pin(MetadataFormats.Detect(file, VerificationLimits.Default.MaxRootBytes), file, VerificationLimits.Default), referenceTime);
                return file;
            }
            catch (TrustException e) when (e.Error == TrustError.RootMismatch)
            {
                // A server may keep another repository of that name in its other format; the anchor alone decides.
                mismatch ??= e;
            }
        }
        throw mismatch ?? new TrustException(TrustError.RepositoryUnknown, $"There is no root{(anchor.FirstVersion is { } version ? $" {version}" : "")} of {repository} at {string.Join(" or ", formats.Select(format => sourceOf(format).Location))}.") { Hint = "Check the repository's name and the trust server's address." };
    }
}
