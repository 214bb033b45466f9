using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>Reads uploaded files so that every refusal says which role it is about.</summary>
internal static class UploadReading
{
    public static SignedMetadata<TRole> Read<TRole>(IMetadataFormat format, RoleName role, ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole => Of(role, () => format.Read<TRole>(file, maxBytes));

    public static T Of<T>(RoleName role, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TrustException e) when (e.Role is null)
        {
            throw new TrustException(e.Error, e.Message, e.InnerException) { Role = role.Value, Hint = e.Hint };
        }
    }
}
