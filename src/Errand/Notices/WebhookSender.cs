using System.Net;
using System.Net.Sockets;

namespace Errand;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Sends webhooks. It connects only to the very addresses that it has checked, so that a name that stands for another address a moment
/// later leads nowhere else, and follows nobody: no redirects, no proxies, no cookies.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly WebhookRules _rules;
    private readonly HostResolver _resolve;
    private readonly HttpMessageInvoker _http;

    public WebhookSender(WebhookRules rules, HostResolver? resolve = null)
    {
        _rules = rules;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        });
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await _http.SendAsync(request, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses) _rules.CheckAddress(target.Host, address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
