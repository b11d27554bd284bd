namespace Errand;

/// <summary>The part of an address that may be shown: path and query often are a secret.</summary>
internal static class NoticeAddress
{
    public static string HostOf(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : "no host";
}
