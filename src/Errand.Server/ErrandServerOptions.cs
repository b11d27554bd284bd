namespace Errand.Server;

/// <summary>How Errand is served over HTTP.</summary>
public sealed class ErrandServerOptions
{
    /// <summary>What callers must show, as <c>Authorization: Bearer</c>. Required.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// The names under which the server may be spoken to, without ports. A page in a browser that was tricked into taking this server for its
    /// own speaks to it under another name. Default: those of this machine.
    /// </summary>
    public IList<string> AllowedHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Hides the token.</summary>
    public override string ToString() => $"{nameof(ErrandServerOptions)} {{ AllowedHosts = {string.Join(", ", AllowedHosts)} }}";
}
