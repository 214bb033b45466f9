namespace TrustService.Server.Hosting;

/// <summary>Names of the settings outside the option sections; an environment variable is <c>TRUST_</c> and the name.</summary>
internal static class SettingNames
{
    public const string Urls = "urls";
    public const string Data = "data";
    public const string Database = "database";
    public const string TlsCert = "tls_cert";
    public const string TlsKey = "tls_key";
    public const string DevTls = "dev_tls";
    public const string Config = "config";
    public const string InsecureNoAuth = "insecure_no_auth";
    public const string InsecureHttp = "insecure_http";
    public const string Help = "help";
    public const string Version = "version";
}
