using Errand.PostgreSql;
using Errand.Storage;

namespace Errand.Stores.Tests;

/// <summary>What tests of this store share: a schema of their own, which goes when they end.</summary>
public abstract class PostgreSqlTests : IAsyncDisposable
{
    private readonly List<PostgreSqlJobStore> _stores = [];

    private protected PostgreSqlStoreOptions Options { get; } = PostgreSqlServer.NewOptions();

    private protected string Schema => Options.Schema;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Only a safety net: no test waits for it.</summary>
    private protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    private protected static RunnerId Runner { get; } = new("runner-1");

    private protected static DateTimeOffset At(double seconds) => new DateTimeOffset(2031, 5, 17, 9, 30, 0, TimeSpan.Zero).AddSeconds(seconds);

    private protected static Job NewJob(string? session = null, JobSpec? spec = null) =>
        Job.Queued(JobId.New(At(0)), spec ?? new JobSpec("work") { Session = session }, At(0));

    private protected async Task<PostgreSqlJobStore> OpenAsync(PostgreSqlStoreOptions? options = null)
    {
        var store = NewStore(options);
        await store.OpenAsync(Token);
        return store;
    }

    private protected PostgreSqlJobStore NewStore(PostgreSqlStoreOptions? options = null)
    {
        var store = PostgreSqlServer.NewStore(options ?? Options);
        _stores.Add(store);
        return store;
    }

    private protected static async Task<Job> AddAsync(PostgreSqlJobStore store, Job job) => Assert.Single(await store.AddAsync([job], Token)).Job;

    private protected static async Task<ApplyResult> ApplyAsync(PostgreSqlJobStore store, JobId id, JobTransition transition) =>
        Assert.Single(await store.ApplyAsync([new(id, transition)], Token));

    private protected static async Task<Job> StartedAsync(PostgreSqlJobStore store, Job? job = null)
    {
        var added = await AddAsync(store, job ?? NewJob());
        await ApplyAsync(store, added.Id, JobTransition.Start(Runner, At(1)));
        return (await store.FindAsync(added.Id, Token))!;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _stores) await store.DisposeAsync();
        await PostgreSqlServer.DropAsync(Schema);
        GC.SuppressFinalize(this);
    }
}
