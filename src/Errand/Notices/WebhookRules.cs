using System.Net;

namespace Errand;

/// <summary>
/// Where webhooks may go. The address is judged as it is written when a job is submitted, and again, as what its name stands for, each time
/// a connection is made.
/// </summary>
internal sealed class WebhookRules(NoticeOptions options)
{
    private const int LongestAddress = 2000;
    private const string Example = "such as 'https://hooks.example.com/errand'";

    /// <summary>Reads an address, or refuses it.</summary>
    /// <exception cref="InvalidJobException">Webhooks may not go there.</exception>
    public Uri Check(string? address)
    {
        if (address is null or { Length: > LongestAddress } || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Host.Length == 0)
            throw Refusal($"A webhook needs an absolute address of at most {LongestAddress} characters, {Example}.");
        if (url.Scheme != Uri.UriSchemeHttps && !(options.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
            throw Refusal($"The webhook to {url.Host} must use https, {Example}. NoticeOptions.AllowHttp allows http, too.");
        if (url.UserInfo.Length > 0)
        {
            string why = $"The webhook to {url.Host} has a user name or a password in its address; leave them out, {Example}.";
            throw Refusal($"{why} Each request is signed.");
        }
        CheckHost(url);
        return url;
    }

    /// <summary>What requests to an address are signed with.</summary>
    /// <exception cref="InvalidJobException">There is no secret for it.</exception>
    public byte[] SecretFor(Uri url) => (options.HostSecrets.TryGetValue(url.IdnHost, out string? secret) ? secret : options.Secret) is { } text
        ? WebhookSecret.TryRead(text)!
        : throw Refusal($"The webhook to {url.Host} cannot be signed, because this process has no secret for it. Set NoticeOptions.Secret.");

    /// <summary>Refuses to connect to an address that is not public.</summary>
    /// <exception cref="InvalidJobException">Webhooks may not go there.</exception>
    public void CheckAddress(string host, IPAddress address)
    {
        if (!options.AllowInternal && !PublicAddress.Is(address)) throw InternalRefusal(host == address.ToString() ? host : $"{host} ({address})");
    }

    private void CheckHost(Uri url)
    {
        string host = url.IdnHost.TrimEnd('.');
        bool isLocal = $".{host}".EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        if (isLocal && !options.AllowInternal) throw InternalRefusal(host);
        if (IPAddress.TryParse(host, out var literal)) CheckAddress(host, literal);
        if (options.AllowedHosts.Count == 0 || options.AllowedHosts.Any(allowed => Allows(allowed, host))) return;
        string list = string.Join(", ", options.AllowedHosts.Order(StringComparer.OrdinalIgnoreCase));
        throw Refusal($"Webhooks may not go to {host}, only to: {list}. Add it to NoticeOptions.AllowedHosts.");
    }

    private static bool Allows(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);

    private static InvalidJobException InternalRefusal(string host) => Refusal(
        $"Webhooks may not go to {host}, which is not on the public internet; name a public host, {Example}. NoticeOptions.AllowInternal allows it.");

    private static InvalidJobException Refusal(string message) => new("notify", message);
}
