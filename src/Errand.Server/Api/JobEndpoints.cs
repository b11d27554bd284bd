using System.Text.Json;
using Errand.Mcp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Errand.Server.Api;

/// <summary>Jobs over REST.</summary>
internal sealed class JobEndpoints(IJobClient jobs, IHostApplicationLifetime lifetime)
{
    private const long LongestWait = 600_000;
    private const string Everybody = "*";

    public async Task SubmitAsync(HttpContext context)
    {
        var request = await ReadAsync(context);
        string? key = context.Request.Headers.TryGetValue("Idempotency-Key", out var header) ? header.ToString() : null;
        // Once it is read it is submitted, also if its sender has gone: who asks again with the same key is given the same job.
        var job = await jobs.SubmitAsync(request.ToSpec(key), CancellationToken.None);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}/{job.Id}";
        await context.Response.WriteAsJsonAsync(WireJob.Of(job), WireJson.Wire.WireJob);
    }

    public async Task ListAsync(HttpContext context)
    {
        var request = context.Request;
        var page = await jobs.ListAsync(new()
        {
            States = JobStateWords.ParseList(request.Text("state")),
            Kind = request.Text("kind"), Tag = request.Text("tag"), Session = request.Text("session"),
            Agent = request.Text("agent"), Text = request.Text("text"),
            Owner = request.Text("owner") is not { } owner ? JobSpec.LocalOwner : owner == Everybody ? null : owner,
            Limit = (int)(request.Number("limit", 1, JobQuery.MaxLimit) ?? new JobQuery().Limit),
            After = request.Text("cursor") is { } cursor ? CursorOf(cursor) : null,
        }, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(WirePage.Of(page), WireJson.Wire.WirePage);
    }

    public async Task ShowAsync(HttpContext context)
    {
        var id = context.JobId();
        if (context.Request.Number("waitMs", 0, LongestWait) is { } wait)
        {
            using var either = Either(context);
            var options = new WaitOptions { Timeout = TimeSpan.FromMilliseconds(wait), AfterVersion = context.Request.Number("afterVersion") };
            await jobs.WaitAsync(id, options, either.Token);
        }
        await context.Response.WriteAsJsonAsync(WireJob.Of(await jobs.StatusAsync(id, context.RequestAborted)), WireJson.Wire.WireJob);
    }

    public async Task CancelAsync(HttpContext context)
    {
        var id = context.JobId();
        var reply = await jobs.CancelAsync(id, JobSpec.LocalOwner, CancellationToken.None);
        switch (reply.Answer)
        {
            case StopAnswer.NotFound:
                throw new JobNotFoundException(id);
            case StopAnswer.AlreadyFinished:
                await Problem.AlreadyFinished(reply).WriteAsync(context);
                break;
            default:
                await context.Response.WriteAsJsonAsync(WireStop.Of(reply), WireJson.Wire.WireStop);
                break;
        }
    }

    public async Task OutputAsync(HttpContext context)
    {
        var request = context.Request;
        var slice = await jobs.ReadOutputAsync(context.JobId(), new()
        {
            Attempt = (int?)request.Number("attempt", 1, int.MaxValue),
            Offset = request.Number("offset", long.MinValue) ?? 0,
            Stream = request.Text("stream") switch
            {
                null => null,
                "out" => OutputStream.Out,
                "err" => OutputStream.Err,
                var other => throw new InvalidJobException("stream", $"'{other}' is not a stream; stream must be out or err."),
            },
        }, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(WireOutput.Of(slice), WireJson.Wire.WireOutput);
    }

    /// <summary>Output as it comes, as server-sent events whose ids are offsets, until the job has ended.</summary>
    public async Task FollowAsync(HttpContext context)
    {
        using var either = Either(context);
        var id = context.JobId();
        int? attempt = (int?)context.Request.Number("attempt", 1, int.MaxValue);
        long offset = context.Request.Number("offset") ?? 0;
        // Refused while it still can be.
        await jobs.GetAsync(id, either.Token);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.StartAsync(either.Token);
        await foreach (var slice in jobs.FollowOutputAsync(id, attempt, offset, either.Token))
        {
            string json = JsonSerializer.Serialize(WireOutput.Of(slice), WireJson.Wire.WireOutput);
            await context.Response.WriteAsync($"id: {slice.NextOffset}\ndata: {json}\n\n", either.Token);
            await context.Response.Body.FlushAsync(either.Token);
        }
        await context.Response.WriteAsync("event: end\ndata: {}\n\n", either.Token);
    }

    // A server that stops does not wait for those who wait.
    private CancellationTokenSource Either(HttpContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);

    private static JobId CursorOf(string cursor) =>
        JobId.TryParse(cursor, out var id)
            ? id
            : throw new InvalidJobException("cursor", $"'{cursor}' is not a cursor; give the next of the page before.");

    private static async ValueTask<SubmitRequest> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, ServerJson.Default.SubmitRequest, context.RequestAborted)
                ?? throw new InvalidJobException("kind", "The body is null; it must be an object with a kind and an input.");
        }
        catch (JsonException e)
        {
            string parameter = e.Path is ['$', '.', .. var path] ? path : "body";
            throw new InvalidJobException(parameter, $"{parameter} does not fit a job: {e.Message}", e);
        }
    }
}
