using Errand.Mcp.Tests.Http;
using Errand.Mcp.Tests.Owners;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>A server with everything in it that takes requests, and jobs of two owners that are none of anybody else's business.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private static readonly string[] Owners = ["ann", "bob"];
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-fuzz.").FullName;
    private readonly Dictionary<string, List<Job>> _guarded = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;

    public Tide Tide { get; } = new();

    public HttpHost Host { get; private set; } = null!;

    /// <summary>How many requests are under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    private IJobClient Jobs => Host.App.Services.GetRequiredService<IJobClient>();

    /// <summary>The ids of the jobs that are to stay as they are.</summary>
    public string[] Untouched => [.. _guarded.Values.SelectMany(jobs => jobs).Select(job => job.Id.ToString())];

    /// <summary>Those of them that belong to somebody else.</summary>
    public string[] OthersThan(string? owner) =>
        [.. _guarded.Where(guarded => guarded.Key != owner).SelectMany(guarded => guarded.Value).Select(job => job.Id.ToString())];

    /// <summary>What stands in everything of an owner's jobs.</summary>
    public static string CanaryOf(string owner) => $"canaryof{owner}5309";

    /// <summary>The texts that a caller must never be told.</summary>
    public static string[] SecretsFor(string? caller) => [.. Owners.Where(owner => owner != caller).Select(CanaryOf)];

    public static async Task<FuzzedServer> StartAsync()
    {
        var server = new FuzzedServer();
        server.Host = await HttpHost.StartOwnAsync(server.AddServices, server.Map);
        foreach (string owner in Owners) server._guarded[owner] = await server.GuardAsync(owner);
        return server;
    }

    /// <summary>Fails if a job was changed by somebody who does not own it.</summary>
    public async Task CheckGuardedAsync()
    {
        foreach (var (owner, jobs) in _guarded)
        {
            foreach (var before in jobs)
            {
                var now = await Jobs.GetAsync(before.Id, TestContext.Current.CancellationToken);
                Assert.Equal((owner, before.State, before.Version), (now.Owner, now.State, now.Version));
            }
            Assert.Equal(4, (await Jobs.ListAsync(new() { Owner = owner, Kind = "guarded" }, TestContext.Current.CancellationToken)).Items.Count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        Tide.Turn();
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void AddServices(IServiceCollection services)
    {
        services.AddSingleton(Tide);
        services.AddMcpServer().WithTools<FuzzTools>().WithErrand(
            errand => errand.UseSqlite(Path.Combine(_folder, "errand.db"))
                .AddKind(new JobKind("guarded", _ => new Guarded(_over.Task)))
                .AddKind(new JobKind("command", _ => new Command(Tide))),
            options => options.AsyncTimeout = TimeSpan.FromMilliseconds(200));
        services.AddErrandTools();
        services.AddErrandMcpHttp(options => (options.MaxSessions, options.MaxRequestBytes) = (100_000, 1 << 20));
    }

    private void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            Interlocked.Increment(ref _underWay);
            try { await next(context); }
            finally { Interlocked.Decrement(ref _underWay); }
        });
        UserHeader.Use(app);
        app.MapErrandMcp();
    }

    private async Task<List<Job>> GuardAsync(string owner)
    {
        string canary = CanaryOf(owner);
        var guarded = new List<Job>();
        foreach (string how in (string[])["end", "fail", "run", "ask"])
            guarded.Add(await SubmitAsync(new("guarded", JobData.Parse($$"""{"how":"{{how}}","canary":"{{canary}}"}"""))));
        guarded.Add(await SubmitAsync(new("tool.value", JobData.Parse($$$"""{"value":{"canary":"{{{canary}}}"}}"""))));
        return guarded;

        async Task<Job> SubmitAsync(JobSpec spec)
        {
            var job = await Jobs.SubmitAsync(spec with { Owner = owner, Title = canary }, TestContext.Current.CancellationToken);
            if (!job.Spec.Input.ToElement().GetRawText().Contains("\"run\"", StringComparison.Ordinal))
                return (await Jobs.WaitAsync(job.Id, new() { OrInput = true }, TestContext.Current.CancellationToken)).Job;
            // Once it has told how far it is, it changes no more.
            while (job.Progress is null)
                job = (await Jobs.WaitAsync(job.Id, new() { AfterVersion = job.Version }, TestContext.Current.CancellationToken)).Job;
            return job;
        }
    }

    /// <summary>A job that ends, or goes on, in a way of its choice.</summary>
    private sealed class Guarded(Task over) : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            string canary = job.Input.ToElement().GetProperty("canary").GetString()!;
            job.Log(canary);
            var data = JobData.Parse($$"""{"canary":"{{canary}}"}""");
            switch (job.Input.ToElement().GetProperty("how").GetString())
            {
                case "end": return JobOutcome.Completed(data);
                case "fail": return JobOutcome.Failed(new("exception", canary, Retryable: false), data);
                case "ask": return JobOutcome.Completed(await job.AskAsync(Question(canary)));
                default:
                    job.Report(1, 2, canary);
                    await over.WaitAsync(job.CancellationToken);
                    return JobOutcome.Completed(data);
            }
        }
    }

    private static JobData Question(string message) => JobData.Parse(
        $$$"""{"method":"elicitation/create","params":{"message":"{{{message}}}","requestedSchema":{"type":"object","properties":{} } } }""");

    /// <summary>A command that ends at once, or with the tide.</summary>
    private sealed class Command(Tide tide) : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            if (job.Input.ToElement().TryGetProperty("stdin", out _)) await tide.TurnsAsync(job.CancellationToken);
            return JobOutcome.Completed(JobData.Parse("""{"stdout":"said","stderr":"","exitCode":0}"""));
        }
    }
}
