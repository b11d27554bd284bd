using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Puts the questions of a job to a client, each once, for as long as it waits for the job's result. Others may answer them, too: the first
/// answer wins, and the client is told when its own is not wanted any more.
/// </summary>
internal sealed class LegacyQuestions(IJobClient jobs, JobId id, McpServer server, string owner) : IDisposable
{
    private static long _lastId;
    private readonly Dictionary<string, CancellationTokenSource> _asked = new(StringComparer.Ordinal);

    /// <summary>Asks what is new, and takes back what was answered.</summary>
    public void Follow(Job job)
    {
        foreach (var input in job.Inputs)
            if (!input.IsOutstanding && _asked.TryGetValue(input.Key, out var asked)) asked.Cancel();
        foreach (var (key, request) in JobQuestions.OpenFor(job, server.ClientCapabilities))
        {
            var wanted = new CancellationTokenSource();
            if (_asked.TryAdd(key, wanted)) _ = AskAsync(key, request, wanted.Token);
            else wanted.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var asked in _asked.Values)
        {
            asked.Cancel();
            asked.Dispose();
        }
    }

    private async Task AskAsync(string key, InputRequest request, CancellationToken wanted)
    {
        var message = new JsonRpcRequest
        {
            Id = new($"errand-{Interlocked.Increment(ref _lastId)}"), Method = request.Method,
            Params = RelatedTask.Mark(request.Params is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)! : [], id),
        };
        try
        {
            var response = await server.SendRequestAsync(message, wanted);
            if (response.Result is { } answer) await jobs.TryAnswerAsync(id, key, JsonSerializer.SerializeToElement(answer, McpNodes.Node), owner);
        }
        catch (OperationCanceledException) when (wanted.IsCancellationRequested)
        {
            await TakeBackAsync(message.Id);
        }
        catch (Exception)
        {
            // The client refuses, or is gone: the question stays open for others.
        }
    }

    // The protocol library forgets to say so where the one who waits goes on at once.
    private async Task TakeBackAsync(RequestId request)
    {
        var parameters = new JsonObject { ["requestId"] = request.ToString(), ["reason"] = "The answer is not wanted any more." };
        var message = new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = RelatedTask.Mark(parameters, id) };
        try { await server.SendMessageAsync(message); }
        catch (Exception)
        {
            // The client is gone.
        }
    }
}
