using TrustService.Errors;

namespace TrustService.Server.Endpoints;

/// <summary>The request target as the client sent it. Source: RFC 9112 §3.2.</summary>
internal static class RawTarget
{
    /// <summary>The path, still encoded, without the query; the authority of the absolute form is left out.</summary>
    public static ReadOnlySpan<char> PathOf(string target)
    {
        var path = target.AsSpan();
        if (!path.StartsWith('/') && path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            var authority = path[(scheme + 3)..];
            var slash = authority.IndexOf('/');
            path = slash < 0 ? "/" : authority[slash..];
        }
        var query = path.IndexOf('?');
        return query < 0 ? path : path[..query];
    }

    /// <summary>Takes percent-encoding away, once.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedRequest"/> for an escape that is none, or bytes that are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
            return text.ToString();
        var decoded = Uri.UnescapeDataString(text.ToString());
        for (var i = text.IndexOf('%'); i >= 0; i = Next(text, i))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                throw Malformed();
        }
        // What is no UTF-8 is left encoded by the base library.
        return Uri.EscapeDataString(decoded).Length > 0 && !HasUndecoded(text, decoded) ? decoded : throw Malformed();
    }

    private static bool HasUndecoded(ReadOnlySpan<char> text, string decoded) => decoded.Count(c => c == '%') != text.Count("%25");

    private static int Next(ReadOnlySpan<char> text, int after)
    {
        var next = text[(after + 1)..].IndexOf('%');
        return next < 0 ? -1 : after + 1 + next;
    }

    private static TrustException Malformed() => new(TrustError.MalformedRequest, "The URL holds a percent sign that does not encode text in UTF-8.");
}
