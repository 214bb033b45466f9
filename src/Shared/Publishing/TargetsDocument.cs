using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>The file of a targets role, read when somebody looks into it, and then once.</summary>
public sealed class TargetsDocument
{
    private readonly IMetadataFormat? format;
    private SignedMetadata<Targets>? read;

    internal TargetsDocument(IMetadataFormat format, ReadOnlyMemory<byte> file) => (this.format, File) = (format, file);

    internal TargetsDocument(SignedMetadata<Targets> read) => (this.read, File) = (read, read.File);

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>The content. Nothing is trusted by reading it.</summary>
    /// <exception cref="TrustException">A coded refusal; the file is not of the format's shape.</exception>
    public SignedMetadata<Targets> Read() => read ??= format!.Read<Targets>(File, VerificationLimits.Default.MaxListedBytes);
}
