using System.Text;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli;

/// <summary>
/// Has another processor load what nearly every command needs after its command line was read: JSON, keys and the system's
/// cryptographic library. It decides nothing, and nothing waits for it.
/// </summary>
internal static class EarlyLoading
{
    private const int MaxBytes = 1024;

    // A public key whose private half was never kept.
    private const string Key = """
        {"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyG7lG3V8+2jwa5SiJwrGgf6UGJ+U\nQXR/8wQcHFm9KUkqYOhhFEEkwcW3hqXTXuAnNAbzCSw8umrJdOqJdTe3HA==\n-----END PUBLIC KEY-----"}}
        """;

    /// <summary>Starts it, where there is another processor.</summary>
    public static void Start()
    {
        if (Environment.ProcessorCount > 1)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Load(), null);
    }

    private static void Load()
    {
        try
        {
            var text = Encoding.UTF8.GetBytes(Key);
            var key = TufFormat.Instance.ReadKey(new KeyId("early"), StrictJson.Parse(text, JsonLimits.OfBytes(MaxBytes)));
            // Well formed and wrong: what cannot be read at all takes the way of exceptions, which is longer.
            _ = SignatureVerifier.Verify(key, text, [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]);
        }
        catch (TrustException)
        {
            // Whatever is wrong comes up again where it matters.
        }
    }
}
