using Microsoft.AspNetCore.Http;

namespace Errand.Server.Security;

/// <summary>Whether a request comes from where a browser would not be a stranger's.</summary>
internal static class CallerAddress
{
    /// <summary>Stands for every host or origin.</summary>
    public const string Any = "*";

    /// <summary>
    /// Whether the server is called by a name of its own; a page that was tricked into taking it for another calls it by that one's.
    /// </summary>
    public static bool IsHostAllowed(HttpRequest request, IList<string> hosts) => Has(hosts, request.Host.Host);

    /// <summary>Programs send no origin; a page does, and must be one that this server itself has given out, or one that is listed.</summary>
    public static bool IsOriginAllowed(HttpRequest request, IList<string> origins)
    {
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
            || Has(origins, origin);
    }

    private static bool Has(IList<string> allowed, string text)
    {
        foreach (string one in allowed)
            if (one == Any || string.Equals(one, text, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
