using Errand.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlRestartTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pause")]
    [InlineData("crash")]
    public async Task S_4_a_store_whose_server_is_away_says_so_and_goes_on_once_it_is_back(string how)
    {
        await using var cluster = await PostgreSqlCluster.StartAsync();
        await using var store = NewStore(cluster.ConnectionString);
        await using var other = NewStore(cluster.ConnectionString);
        await store.OpenAsync(Token);
        await other.OpenAsync(Token);
        var job = Job.Queued(JobId.New(Now), new("work"), Now);
        await store.AddAsync([job], Token);

        await cluster.StopAsync(how);
        foreach (var call in CallsOf(store, job))
        {
            var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.Contains("the store goes on by itself", thrown.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Password", thrown.ToString(), StringComparison.OrdinalIgnoreCase);
        }
        await using var late = NewStore(cluster.ConnectionString);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await late.OpenAsync(Token));

        await cluster.ResumeAsync();
        Assert.Equal(job.Id, (await store.FindAsync(job.Id, Token))?.Id);
        Assert.Equal(job.Id, Assert.Single((await store.ClaimAsync(new(new("runner-1"), ["work"], 1, Now), Token)).Started).Id);
        await late.OpenAsync(Token);
        await HearsAsync(store, other);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_told_with_where_it_was_looked_for()
    {
        await using var store = NewStore("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        Assert.Contains("127.0.0.1:1/nothing", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("See that the server runs", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=wrong", "Check the user and the password")]
    [InlineData("Database=nowhere", "Create the database")]
    public async Task A_login_that_does_not_work_is_told_with_what_to_do(string setting, string advice)
    {
        await using var store = NewStore($"{PostgreSqlServer.ConnectionString};{setting}");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        Assert.Contains(advice, thrown.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Func<Task>> CallsOf(PostgreSqlJobStore store, Job job) =>
    [
        async () => await store.FindAsync(job.Id, Token),
        async () => await store.AddAsync([job], Token),
        async () => await store.ListAsync(new(), Token),
        async () => await store.ApplyAsync([new(job.Id, JobTransition.HandOver(Now))], Token),
        async () => await store.ClaimAsync(new(new("runner-1"), ["work"], 1, Now), Token),
        async () => await store.HeartbeatAsync(new(new("runner-1"), 1, null), Token),
        async () => await store.ChangesAsync(null, 1, Token),
        async () => await store.WriteRecordAsync("r", 0, JobData.Parse("1"), Token),
        async () => await store.RemoveAsync([job.Id], Token),
    ];

    // What comes first may be a hint that something was missed; what counts is that writes are told of again.
    private static async Task HearsAsync(PostgreSqlJobStore store, PostgreSqlJobStore other)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = Job.Queued(JobId.New(Now), new("work"), Now);
        using var subscription = store.Subscribe(hint =>
        {
            if (hint.Job == job.Id) told.TrySetResult();
        });
        await AddWhereConnectionsMayBeDeadAsync(other, job);
        for (int i = 0; !told.Task.IsCompleted; i++)
        {
            Assert.True(i < 120, "The store never listened again.");
            await other.ApplyAsync([new(job.Id, JobTransition.HandOver(Now))], Token);
            await Task.WhenAny(told.Task, Task.Delay(TimeSpan.FromSeconds(0.25), TimeProvider.System, Token));
        }
    }

    // A connection that broke without a word is noticed when it is used: whether the server did the work is not known then, so the caller is asked.
    private static async Task AddWhereConnectionsMayBeDeadAsync(PostgreSqlJobStore store, Job job)
    {
        try
        {
            await store.AddAsync([job], Token);
        }
        catch (StoreUnavailableException)
        {
            await store.AddAsync([job], Token);
        }
    }

    private static PostgreSqlJobStore NewStore(string connectionString) =>
        new(new() { ConnectionString = connectionString }, TimeProvider.System, WorkScheduler.Default, NullLogger<PostgreSqlJobStore>.Instance);
}
