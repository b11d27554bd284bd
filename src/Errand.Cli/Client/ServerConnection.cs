using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Errand.Mcp.Wire;
using Errand.Server.Api;

namespace Errand.Cli;

/// <summary>The way to the server that serves a data folder.</summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly HttpClient _http;

    private ServerConnection(ServerAddress address, string token)
    {
        Address = address;
        // Nothing stands between this and a server on the same machine.
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address.Url.TrimEnd('/') + "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public ServerAddress Address { get; }

    /// <summary>The connection to the server that is up.</summary>
    /// <exception cref="CliException">None is.</exception>
    public static async Task<ServerConnection> OpenAsync(DataFolder folder, CancellationToken cancellationToken) =>
        await TryOpenAsync(folder, cancellationToken)
            ?? throw new CliException(ExitCodes.NoServer, $"No server serves {folder.FullPath}. Start one with 'errand up'.");

    /// <summary>The connection to the server that is up, if one is: an address file may be older than the death of its server.</summary>
    public static async Task<ServerConnection?> TryOpenAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        if (folder.ReadAddress() is not { } address || folder.ReadToken() is not { } token) return null;
        var connection = new ServerConnection(address, token);
        try
        {
            // Another program may have got the port since.
            using var live = await connection._http.GetAsync(new Uri("/healthz", UriKind.Relative), cancellationToken);
            if (live.IsSuccessStatusCode) return connection;
        }
        catch (HttpRequestException)
        {
            // Nobody listens there.
        }
        connection.Dispose();
        return null;
    }

    public void Dispose() => _http.Dispose();

    public async Task<Answer<WireJob>> SubmitAsync(JobRequest request, string? key, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "jobs")
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, CliJson.Default.JobRequest))
                { Headers = { ContentType = new("application/json") } },
        };
        if (key is not null) message.Headers.Add("Idempotency-Key", key);
        return await SendAsync(message, WireJson.Wire.WireJob, cancellationToken);
    }

    public Task<Answer<WirePage>> ListAsync(string query, CancellationToken cancellationToken) =>
        GetAsync($"jobs?{query}", WireJson.Wire.WirePage, cancellationToken);

    public Task<Answer<WireJob>> ShowAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"jobs/{id}", WireJson.Wire.WireJob, cancellationToken);

    public Task<Answer<WireJob>> WaitAsync(string id, long waitMs, CancellationToken cancellationToken) =>
        GetAsync($"jobs/{id}?waitMs={waitMs}", WireJson.Wire.WireJob, cancellationToken);

    public Task<Answer<WireOutput>> OutputAsync(string id, string query, CancellationToken cancellationToken) =>
        GetAsync($"jobs/{id}/output?{query}", WireJson.Wire.WireOutput, cancellationToken);

    public Task<Answer<ServerStats>> StatsAsync(CancellationToken cancellationToken) =>
        GetAsync("stats", ServerJson.Default.ServerStats, cancellationToken);

    public async Task<Answer<WireStop>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"jobs/{id}/cancel");
        return await SendAsync(message, WireJson.Wire.WireStop, cancellationToken);
    }

    /// <summary>A job's output as it comes, until the job has ended.</summary>
    public async IAsyncEnumerable<Answer<WireOutput>> FollowAsync(
        string id, string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, $"jobs/{id}/output/stream?{query}");
        using var response = await SendAsync(message, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(reader, id, cancellationToken) is var line && line != "event: end")
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            string json = line["data: ".Length..];
            yield return new(JsonSerializer.Deserialize(json, WireJson.Wire.WireOutput)!, json);
        }
    }

    private static async Task<string> ReadLineAsync(StreamReader reader, string id, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadLineAsync(cancellationToken) is { } line) return line;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // Said below.
        }
        throw new CliException(
            ExitCodes.NoServer, $"The server has gone while job {id} was followed. See 'errand status', and then 'errand show {ShortId.Of(id)}'.");
    }

    private async Task<Answer<T>> GetAsync<T>(
        string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(message, type, cancellationToken);
    }

    private async Task<Answer<T>> SendAsync<T>(
        HttpRequestMessage message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(message, cancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new(JsonSerializer.Deserialize(body, type)!, Encoding.UTF8.GetString(body));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try { response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken); }
        catch (HttpRequestException e)
        {
            throw new CliException(ExitCodes.NoServer, $"The server at {Address.Url} does not answer: {e.Message} See 'errand status'.");
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellationToken);
    }

    private static async Task<CliException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int code = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ExitCodes.Unauthorised,
            HttpStatusCode.NotFound => ExitCodes.NotFound,
            HttpStatusCode.BadRequest => ExitCodes.Usage,
            HttpStatusCode.InternalServerError => ExitCodes.Failed,
            _ => ExitCodes.Refused,
        };
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        bool isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        string? detail = isProblem ? JsonSerializer.Deserialize(body, ServerJson.Default.Problem)?.Detail : null;
        return new(code, detail ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}. Its log may say more.");
    }
}

/// <summary>An answer as a value, and as the JSON that it came as.</summary>
internal sealed record Answer<T>(T Value, string Json);
