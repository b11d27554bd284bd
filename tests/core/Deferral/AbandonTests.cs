using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

public sealed class AbandonTests : IDisposable
{
    private readonly StoreSpy _store = new();
    private readonly CancellationTokenSource _caller = new();

    [Fact]
    public void F7_a_caller_that_gives_up_cancels_its_call_by_default()
    {
        var reason = StopReason.None;
        using var errand = ErrandTest.Start(builder => builder.Add("watch", async job =>
        {
            try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
            finally { reason = job.StopReason; }
        }), _store);
        var call = errand.Begin(client => client.CallAsync(new JobSpec("watch"), Patience(60), _caller.Token));
        GiveUp(errand);
        Assert.ThrowsAny<OperationCanceledException>(() => call.Answer);
        Assert.Equal(StopReason.Abandoned, reason);
        errand.Advance(Minutes(2));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void F7_with_promote_the_work_goes_on_and_is_found_by_listing()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var call = errand.Begin(client => client.CallAsync(Sleep(30), Patience(60) with { OnAbandon = OnAbandon.Promote }, _caller.Token));
        GiveUp(errand);
        var job = Assert.Single(errand.Run(client => client.ListAsync(new() { Kind = "sleep" })).Items);
        Assert.Equal(call.Answer.Job!.Id, job.Id);
        Assert.Equal(JobState.Completed, errand.End(job.Id).State);
    }

    [Fact]
    public void F7_what_was_promoted_is_never_touched_by_it()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var result = errand.Run(client => client.CallAsync(Sleep(30), Patience(1), _caller.Token));
        Assert.True(result.IsPromoted);
        GiveUp(errand);
        Assert.Equal(JobState.Completed, errand.End(result.Job!.Id).State);
    }

    [Fact]
    public void A_call_that_was_stored_first_is_cancelled_when_its_caller_gives_up()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var call = errand.Begin(client => client.CallAsync(Sleep(30), Patience(60) with { StoreFirst = true }, _caller.Token));
        GiveUp(errand);
        Assert.ThrowsAny<OperationCanceledException>(() => call.Answer);
        var job = Assert.Single(errand.Run(client => client.ListAsync(new())).Items);
        Assert.Equal(JobState.Cancelled, errand.End(job.Id).State);
        Assert.Contains("gave up", job.CancelRequest!.By, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_goes_on_after_its_caller_gave_up_does_not_wait_for_a_hand_over_that_never_comes()
    {
        Exception? problem = null;
        using var errand = ErrandTest.Start(builder => builder.Add("stubborn", async job =>
        {
            try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
            catch (OperationCanceledException) { problem = await Record.ExceptionAsync(() => job.HandOverAsync().AsTask()); }
        }), _store);
        var call = errand.Begin(client => client.CallAsync(new JobSpec("stubborn"), Patience(60), _caller.Token));
        GiveUp(errand);
        Assert.ThrowsAny<OperationCanceledException>(() => call.Answer);
        Assert.IsType<OperationCanceledException>(problem);
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void A_caller_that_gives_up_while_the_hand_over_fails_is_let_go()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), _store);
        _store.Fails = call =>
        {
            if (call != "add") return null;
            // At the worst moment: while the store is asked to take the job.
            _caller.Cancel();
            return new StoreUnavailableException("The store is away.");
        };
        var call = errand.Begin(client => client.CallAsync(Sleep(60), Patience(1), _caller.Token));
        errand.Advance(Seconds(10));
        Assert.ThrowsAny<OperationCanceledException>(() => call.Answer);
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
    }

    [Fact]
    public void A_caller_that_has_given_up_before_it_calls_starts_nothing()
    {
        int started = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("note", _ => Task.FromResult($"{++started}")));
        _caller.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => errand.Run(client => client.CallAsync(new JobSpec("note"), null, _caller.Token)));
        Assert.Equal(0, started);
    }

    public void Dispose() => _caller.Dispose();

    private void GiveUp(ErrandTest errand)
    {
        errand.Advance(Seconds(2));
        errand.Node.Post(_caller.Cancel);
        errand.RunToIdle();
    }
}
