using System.Text;

namespace TrustService.LoadTool;

/// <summary>Writes the request body of a publish; both protocols name the role by the part's file name.</summary>
internal static class Multipart
{
    private const string Boundary = "bench-boundary-7c1f0a5e93";

    /// <summary>The media type of every body.</summary>
    public const string ContentType = "multipart/form-data; boundary=" + Boundary;

    /// <summary>The body with one part for each file.</summary>
    public static byte[] Write(params (string Role, byte[] File)[] parts)
    {
        using var body = new MemoryStream();
        foreach (var (role, file) in parts)
        {
            body.Write(Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{role}\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
            body.Write(file);
            body.Write("\r\n"u8);
        }
        body.Write(Encoding.ASCII.GetBytes($"--{Boundary}--\r\n"));
        return body.ToArray();
    }
}
