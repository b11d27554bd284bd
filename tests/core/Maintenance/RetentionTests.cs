using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Maintenance;

public sealed class RetentionTests
{
    [Fact]
    public void B_44_eviction_by_age_never_touches_a_live_job()
    {
        using var errand = Start(retention => retention.Age = Hours(1));
        var live = Live(errand);
        var ended = errand.End(errand.Submit(Sleep(1)).Id).Id;
        errand.Advance(Minutes(59));
        Assert.NotNull(errand.Run(client => client.FindAsync(ended)));
        errand.Advance(Minutes(3));
        Assert.Null(errand.Run(client => client.FindAsync(ended)));
        errand.Advance(TimeSpan.FromDays(3));
        Assert.All(live, id => Assert.False(errand.Get(id).IsTerminal));
    }

    [Fact]
    public void B_44_eviction_by_count_removes_the_oldest_ends_and_never_a_live_job()
    {
        using var errand = Start(retention => retention.Count = 5);
        var live = Live(errand);
        List<JobId> ended = [];
        for (int i = 0; i < 12; i++) ended.Add(errand.End(errand.Submit(Sleep(0.01)).Id).Id);
        errand.Advance(Minutes(2));
        Assert.Equal(ended.TakeLast(5), errand.Run(client => client.ListAsync(new() { States = [JobState.Completed], OldestFirst = true })).Items.Select(job => job.Id));
        Assert.All(live, id => Assert.False(errand.Get(id).IsTerminal));
    }

    [Fact]
    public void B_44_a_count_of_none_leaves_the_live()
    {
        using var errand = Start(retention => retention.Count = 0);
        var live = Live(errand);
        errand.End(errand.Submit(Sleep(1)).Id);
        errand.Advance(Minutes(2));
        Assert.Equal(live.Order(), errand.Run(client => client.ListAsync(new())).Items.Select(job => job.Id).Order());
    }

    [Fact]
    public void The_output_of_a_job_goes_with_it()
    {
        using var errand = Start(retention => retention.Age = Minutes(10));
        var id = errand.End(errand.Submit(new("talks")).Id).Id;
        var output = errand.Services.GetRequiredService<IOutputLog>();
        Assert.Equal([id], errand.Run(_ => output.ListAsync(default, 10)));
        errand.Advance(Minutes(12));
        Assert.Empty(errand.Run(_ => output.ListAsync(default, 10)));
    }

    [Fact]
    public void A_purge_answers_how_many_and_leaves_the_live_and_the_others()
    {
        using var errand = Start(_ => { });
        var live = Live(errand);
        for (int i = 0; i < 7; i++) errand.End(errand.Submit(Sleep(0.1) with { Owner = i < 4 ? "ann" : "bob" }).Id);
        Assert.Equal(4, errand.Run(client => client.PurgeAsync(new() { Owner = "ann" })));
        Assert.Equal(0, errand.Run(client => client.PurgeAsync(new() { States = [JobState.Running, JobState.Queued, JobState.Waiting] })));
        Assert.Equal(3, errand.Run(client => client.PurgeAsync(new())));
        Assert.Equal(live.Order(), errand.Run(client => client.ListAsync(new())).Items.Select(job => job.Id).Order());
    }

    [Fact]
    public void A_sweep_that_fails_is_made_up_for_later()
    {
        var store = new StoreSpy();
        using var errand = Start(retention => retention.Age = Minutes(10), store);
        errand.End(errand.Submit(Sleep(1)).Id);
        store.Fails = call => call is "list" or "count" ? new InvalidOperationException("a bug in the store") : null;
        errand.Advance(Minutes(20));
        store.Fails = null;
        errand.Advance(Minutes(2));
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
    }

    /// <summary>One that runs, one that waits for a person, one that waits for its time, one that waits in line.</summary>
    private static JobId[] Live(ErrandTest errand)
    {
        var month = errand.Time.GetUtcNow() + TimeSpan.FromDays(30);
        JobSpec[] specs = [Sleep(3_000_000) with { Session = "s" }, new("asks"), Sleep(1) with { RunAt = month }, Sleep(1) with { Session = "s" }];
        var ids = errand.Run(client => client.SubmitAsync(specs)).Select(job => job.Id).ToArray();
        errand.Advance(Seconds(1));
        return ids;
    }

    private static ErrandTest Start(Action<RetentionOptions> configure, StoreSpy? store = null) => ErrandTest.Start(builder => builder
        .AddSleep(kind => kind.Limits = JobLimits.None)
        .Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}")
        .Add("talks", job =>
        {
            job.Log("something");
            return Task.CompletedTask;
        })
        .Configure(options => configure(options.Retention)), store);
}
