using Errand.PostgreSql;
using Errand.Storage;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlDoorbellTests : PostgreSqlTests
{
    [Fact]
    public async Task K_1_two_instances_wake_each_other()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        foreach (var (writer, listener) in new[] { (first, second), (second, first) })
        {
            var job = NewJob();
            var told = Told(listener, hint => hint == new JobHint(job.Id, 1, Ready: true));
            await writer.AddAsync([job], Token);
            await told.WaitAsync(Patience, Token);
        }
    }

    [Fact]
    public async Task Writes_of_this_instance_are_told_here_once()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        var job = NewJob();
        List<JobHint> hints = [];
        using var subscription = first.Subscribe(hints.Add);
        await first.AddAsync([job], Token);
        // Notifications come in order: once this one is here, one of the first instance itself would have come.
        var marker = NewJob();
        var told = Told(first, hint => hint.Job == marker.Id);
        var handedOver = Told(second, hint => hint == new JobHint(job.Id, 2, Ready: true));
        await first.ApplyAsync([new(job.Id, JobTransition.HandOver(At(1)))], Token);
        await handedOver.WaitAsync(Patience, Token);
        await second.AddAsync([marker], Token);
        await told.WaitAsync(Patience, Token);
        Assert.Equal([(job.Id, 1), (job.Id, 2), (marker.Id, 1)], hints.Select(hint => (hint.Job, hint.Version)));
    }

    [Fact]
    public async Task A_large_batch_is_told_of_without_naming_its_jobs()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        int named = 0;
        using var subscription = second.Subscribe(hint => named += hint.Job.IsEmpty ? 0 : 1);
        var told = Told(second, hint => hint.Ready);
        await first.AddAsync([.. Enumerable.Range(0, 3000).Select(_ => NewJob())], Token);
        await told.WaitAsync(Patience, Token);
        Assert.Equal(0, named);
    }

    [Fact]
    public async Task Notifications_of_strangers_do_no_harm()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        foreach (string payload in new[] { "", ";", "x;y,z", ";,,,", "a;0123,1,1", "🔔" })
            await PostgreSqlServer.RunAsync($"SELECT pg_notify('errand_{Schema}', '{payload}')");
        var job = NewJob();
        var told = Told(second, hint => hint.Job == job.Id);
        await first.AddAsync([job], Token);
        await told.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Whoever_was_cut_off_is_told_that_something_may_have_been_missed()
    {
        var store = await OpenAsync();
        var told = Told(store, hint => hint is { Ready: true, Job.IsEmpty: true });
        await PostgreSqlServer.RunAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query = 'LISTEN errand_{Schema}'");
        await told.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Without_a_doorbell_everything_else_works()
    {
        var options = Options with { Doorbell = false };
        var (first, second) = (await OpenAsync(options), await OpenAsync(options));
        var job = await AddAsync(first, NewJob());
        Assert.Equal(job.Id, (await second.FindAsync(job.Id, Token))?.Id);
        var listening = await PostgreSqlServer.ReadAsync($"SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN errand_{Schema}'");
        Assert.Empty(listening);
    }

    [Fact]
    public void Hints_survive_the_way_there_and_no_text_is_too_long()
    {
        JobHint[] hints = [.. Enumerable.Range(0, 1000).Select(i => new JobHint(JobId.New(At(i)), i % 3 == 0 ? long.MaxValue : i, i % 2 == 0))];
        string[] payloads = [.. DoorbellMessage.Write("0123456789abcdef", hints)];
        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, 7999));
        Assert.Equal(hints, payloads.SelectMany(payload => DoorbellMessage.Read("another", payload)));
        Assert.Empty(payloads.SelectMany(payload => DoorbellMessage.Read("0123456789abcdef", payload)));
    }

    private static async Task Told(PostgreSqlJobStore store, Predicate<JobHint> wanted)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = store.Subscribe(hint =>
        {
            if (wanted(hint)) told.TrySetResult();
        });
        await told.Task;
    }
}
