using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

/// <summary>S4: the store is away, and what goes on all the same.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private readonly StoreSpy _store = new();
    private readonly ErrandTest _errand;

    public StoreAwayTests() => _errand = ErrandTest.Start(builder => builder.AddSleep(), _store);

    [Theory]
    [InlineData(0.5)]
    [InlineData(60)]
    public void S4_quick_calls_go_on_inline(double awayFor)
    {
        _store.IsAway = true;
        _errand.Advance(Seconds(awayFor));
        Assert.Equal("1", _errand.Run(client => client.CallAsync(Sleep(1), Patience(2))).GetResult().ToString());
    }

    [Fact]
    public void S4_past_its_patience_the_caller_goes_on_waiting_and_gets_the_result_and_no_id()
    {
        _store.IsAway = true;
        var result = _errand.Run(client => client.CallAsync(Sleep(10), Patience(2)));
        Assert.False(result.IsPromoted);
        Assert.Equal("10", result.GetResult().ToString());
        _store.IsAway = false;
        _errand.Advance(Minutes(1));
        Assert.Empty(_errand.Run(client => client.ListAsync(new())).Items);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    public void S4_when_the_store_is_back_the_call_is_promoted(double awayFor)
    {
        _store.IsAway = true;
        var call = _errand.Begin(client => client.CallAsync(Sleep(200), Patience(2)));
        _errand.Advance(Seconds(awayFor));
        Assert.False(call.HasEnded);
        _store.IsAway = false;
        _errand.Advance(Seconds(5));
        Assert.True(call.Answer.IsPromoted);
        Assert.Equal(JobState.Completed, _errand.End(call.Answer.Job!.Id).State);
    }

    [Fact]
    public void S4_a_hand_over_whose_answer_was_lost_is_neither_shown_running_for_ever_nor_run_twice()
    {
        _store.LosesAnswers = true;
        var call = _errand.Begin(client => client.CallAsync(Sleep(10), Patience(2)));
        _errand.Advance(Seconds(12));
        Assert.Equal("10", call.Answer.GetResult().ToString());
        _store.LosesAnswers = false;
        _errand.Advance(Minutes(2));
        // Its row was written after all, and ends as the call did.
        var job = Assert.Single(_errand.Run(client => client.ListAsync(new())).Items);
        Assert.Equal((JobState.Completed, "10", 1), (job.State, job.Outcome!.Result.ToString(), job.Attempt));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    public void S4_the_end_of_a_job_is_written_when_the_store_is_back(double awayFor)
    {
        var id = _errand.Submit(Sleep(2)).Id;
        _errand.Advance(Seconds(1));
        _store.IsAway = true;
        _errand.Advance(Seconds(awayFor));
        _store.IsAway = false;
        var job = _errand.End(id);
        Assert.Equal((JobState.Completed, "2", 1), (job.State, job.Outcome!.Result.ToString(), job.Attempt));
    }

    [Fact]
    public void S4_what_was_in_line_is_run_when_the_store_is_back_without_a_restart()
    {
        var ids = _errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Sleep(3), 30)])).Select(job => job.Id).ToArray();
        _errand.Advance(Seconds(1));
        _store.IsAway = true;
        _errand.Advance(Minutes(3));
        _store.IsAway = false;
        Assert.All(ids, id => Assert.Equal((JobState.Completed, 1), (_errand.End(id).State, _errand.Get(id).Attempt)));
    }

    public void Dispose() => _errand.Dispose();
}
