using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

public sealed class PatienceTests
{
    private readonly StoreSpy _store = new();

    [Fact]
    public void B_01_without_a_patience_the_call_waits_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = JobLimits.None));
        var call = errand.Begin(client => client.CallAsync(Sleep(1800)));
        errand.Advance(Seconds(1799));
        Assert.False(call.HasEnded);
        errand.Advance(Seconds(1));
        Assert.Equal("1800", call.Answer.GetResult().ToString());
    }

    [Theory]
    [InlineData(-1000, "must be a positive number")]
    [InlineData(0, "must be a positive number")]
    [InlineData(double.NaN, "must be a positive number")]
    [InlineData(2.5, "must be an integer")]
    [InlineData(1e12, "must be an integer")]
    public void B_02_a_patience_that_is_not_a_positive_whole_number_is_refused(double milliseconds, string says)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CallOptions.ParseAsyncTimeout(milliseconds));
        Assert.Equal("asyncTimeout", refusal.Parameter);
        Assert.Contains("asyncTimeout " + says, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("2.5")]
    [InlineData("10s")]
    public void B_02_a_patience_that_is_no_number_is_refused(string text)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CallOptions.ParseAsyncTimeout(text, "wait"));
        Assert.Equal("wait", refusal.Parameter);
        Assert.Contains("wait must be an integer", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("500", 500)]
    [InlineData("60000", 60_000)]
    public void A5_a_patience_is_read_as_whole_milliseconds(string text, int milliseconds) =>
        Assert.Equal(Milliseconds(milliseconds), CallOptions.ParseAsyncTimeout(text));

    [Theory]
    [InlineData(0)]
    [InlineData(-1000)]
    public void B_02_nothing_is_started_with_an_illegal_patience(int milliseconds)
    {
        int started = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("note", _ => Task.FromResult($"{++started}")), _store);
        var refusal = Assert.Throws<InvalidJobException>(() =>
            errand.Run(client => client.CallAsync(new JobSpec("note"), new CallOptions { AsyncTimeout = Milliseconds(milliseconds) })));
        Assert.Equal("asyncTimeout", refusal.Parameter);
        errand.Advance(Seconds(5));
        Assert.Equal((0, 0), (started, _store.Writes));
    }

    [Fact]
    public void B_03_work_that_takes_longer_is_answered_with_a_job_that_goes_on_and_completes()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var result = errand.Run(client => client.CallAsync(Sleep(5), Patience(0.5)));
        Assert.True(result.IsPromoted);
        Assert.Equal(Milliseconds(500), errand.World.Elapsed);
        var job = errand.End(result.Job!.Id);
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal("5", job.Outcome!.Result.ToString());
        Assert.Equal(Seconds(5), errand.World.Elapsed);
    }

    [Fact]
    public void B_04_polled_at_once_it_is_running_with_the_output_from_before_the_hand_over()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("talk", async job =>
        {
            job.Log("before");
            await Task.Delay(Seconds(2), job.Time);
            job.Log("after");
        }));
        var result = errand.Run(client => client.CallAsync(new JobSpec("talk"), Patience(1)));
        var status = errand.Run(client => client.StatusAsync(result.Job!.Id));
        Assert.Equal(JobState.Running, status.Job.State);
        Assert.Equal(["before"], status.LastLines);
        errand.End(status.Job.Id);
        Assert.Equal("before\nafter\n", errand.OutputOf(status.Job.Id));
    }

    [Fact]
    public void B_05_work_that_ends_in_time_answers_plainly_and_writes_nothing()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("quick", async job =>
        {
            job.Log("some output");
            job.Report(1, 2);
            await job.SaveCheckpointAsync(JobData.Parse("1"));
            await Task.Delay(Seconds(1), job.Time);
            return """{"stdout":"hello","stderr":"","exitCode":0}""";
        }), _store);
        var result = errand.Run(client => client.CallAsync(new JobSpec("quick"), Patience(2)));
        Assert.False(result.IsPromoted);
        Assert.Null(result.Job);
        Assert.Equal("""{"stdout":"hello","stderr":"","exitCode":0}""", result.GetResult().ToString());
        errand.Advance(Minutes(1));
        Assert.Equal(0, _store.Writes);
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
    }

    [Fact]
    public async Task A2_a_body_that_completes_without_waiting_is_answered_without_a_write()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("now", _ => Task.FromResult("1")), _store);
        var call = errand.Client.CallAsync(new JobSpec("now"), Patience(2), TestContext.Current.CancellationToken);
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal("1", (await call).GetResult().ToString());
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void A3_the_promoted_job_is_the_same_execution()
    {
        int bodies = 0, effects = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("effect", async job =>
        {
            int body = ++bodies;
            effects++;
            await Task.Delay(Seconds(3), job.Time);
            return $"[{body},{job.Attempt}]";
        }));
        var result = errand.Run(client => client.CallAsync(new JobSpec("effect"), Patience(1)));
        var job = errand.End(result.Job!.Id);
        errand.Advance(Minutes(5));
        Assert.Equal((1, 1), (bodies, effects));
        Assert.Equal("[1,1]", job.Outcome!.Result.ToString());
        Assert.Equal(1, job.Attempt);
    }

    [Fact]
    public void A4_the_handle_is_given_out_only_once_the_job_is_found_from_another_process()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), _store);
        using var other = errand.StartAnother();
        _store.Fails = call => call == "add" ? new StoreUnavailableException("The store is busy.") : null;
        var call = errand.Begin(client => client.CallAsync(Sleep(30), Patience(1)));
        errand.Advance(Seconds(5));
        Assert.False(call.HasEnded);
        Assert.True(_store.Count("add") > 1);
        _store.Fails = null;
        errand.Advance(Seconds(2));
        Assert.True(call.HasEnded);
        var job = other.Get(call.Answer.Job!.Id);
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal(JobState.Completed, other.End(job.Id).State);
    }

    [Fact]
    public void A1_patience_counts_from_the_call_and_the_limit_from_the_start_of_the_run()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = new() { WallTime = Seconds(10) }).Configure(options => options.Slots = 1));
        errand.Submit(Sleep(8));
        var began = errand.World.Elapsed;
        // Waits for its slot: stored first, and its patience runs meanwhile.
        var result = errand.Run(client => client.CallAsync(Sleep(9), new CallOptions { AsyncTimeout = Seconds(3), StoreFirst = true }));
        Assert.True(result.IsPromoted);
        Assert.Equal(Seconds(3), errand.World.Elapsed - began);
        Assert.Equal(JobState.Queued, result.Job!.State);
        var job = errand.End(result.Job.Id);
        // Nine seconds of a limit of ten, although it was called seventeen seconds ago.
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    public void A1_the_limit_stops_what_patience_only_hands_over()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var result = errand.Run(client => client.CallAsync(Sleep(60) with { Limits = new() { WallTime = Seconds(4) } }, Patience(1)));
        Assert.True(result.IsPromoted);
        var job = errand.End(result.Job!.Id);
        Assert.Equal(JobErrorCodes.Timeout, job.Outcome!.Error?.Code);
        Assert.Equal(Seconds(4), errand.World.Elapsed);
    }

    [Fact]
    public void A5_the_call_outdoes_the_kind_and_the_kind_the_options()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep(kind => kind.AsyncTimeout = Seconds(2))
            .Add("other", job => Task.Delay(Seconds(20), job.Time))
            .Configure(options => options.AsyncTimeout = Seconds(4)));
        Assert.Equal(Seconds(1), PatienceShown(Sleep(20), Patience(1)));
        Assert.Equal(Seconds(2), PatienceShown(Sleep(20), null));
        Assert.Equal(Seconds(4), PatienceShown(new JobSpec("other"), null));
        Assert.Equal(Seconds(20), PatienceShown(Sleep(20), new CallOptions { AsyncTimeout = Timeout.InfiniteTimeSpan }));

        TimeSpan PatienceShown(JobSpec spec, CallOptions? options)
        {
            var began = errand.World.Elapsed;
            errand.Run(client => client.CallAsync(spec, options));
            return errand.World.Elapsed - began;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A5_a_patience_of_zero_in_the_configuration_hands_over_at_once(bool ofKind)
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep(kind => kind.AsyncTimeout = ofKind ? TimeSpan.Zero : null)
            .Configure(options => options.AsyncTimeout = ofKind ? Timeout.InfiniteTimeSpan : TimeSpan.Zero));
        var result = errand.Run(client => client.CallAsync(Sleep(2)));
        Assert.True(result.IsPromoted);
        Assert.Equal(TimeSpan.Zero, errand.World.Elapsed);
        Assert.Equal("2", errand.End(result.Job!.Id).Outcome!.Result.ToString());
    }

    [Fact]
    public void B_08_a_caller_that_waits_without_limit_gets_the_whole_result()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.AsyncTimeout = Seconds(1)), _store);
        var result = errand.Run(client => client.CallAsync(Sleep(100), new CallOptions { AsyncTimeout = Timeout.InfiniteTimeSpan }));
        Assert.Equal("100", result.GetResult().ToString());
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void B_10_a_result_that_looks_like_a_handle_is_data()
    {
        const string Looks = """{"is_async":true,"status":"processing","job_id":"01j","isPromoted":true}""";
        using var errand = ErrandTest.Start(builder => builder.Add("sly", async job =>
        {
            await Task.Delay(Seconds(2), job.Time);
            return Looks;
        }));
        var inTime = errand.Run(client => client.CallAsync(new JobSpec("sly"), Patience(5)));
        Assert.False(inTime.IsPromoted);
        Assert.Equal(Looks, inTime.GetResult().ToString());
        var late = errand.Run(client => client.CallAsync(new JobSpec("sly"), Patience(1)));
        Assert.True(late.IsPromoted);
        errand.End(late.Job!.Id);
        Assert.Equal(Looks, errand.Run(client => client.GetResultAsync(late.Job.Id)).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A9_every_way_in_gives_the_same_result_and_the_same_error(bool storeFirst)
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddJob<int, int[]>("numbers", async (count, job) =>
            {
                await Task.Delay(Seconds(1), job.Time);
                return count >= 0 ? [.. Enumerable.Range(0, count)] : throw new InvalidOperationException("too few");
            })
            .Configure(options => options.MaxInlineResultBytes = 1000));
        foreach (int count in new[] { 3, 5000 })
        {
            string expected = $"[{string.Join(',', Enumerable.Range(0, count))}]";
            var spec = new JobSpec("numbers", JobData.Parse($"{count}"));
            var called = errand.Run(client => client.CallAsync(spec, new CallOptions { AsyncTimeout = Seconds(9), StoreFirst = storeFirst }));
            Assert.Equal(expected, called.GetResult().ToString());
            var id = errand.End(errand.Submit(spec).Id).Id;
            Assert.Equal(expected, errand.Run(client => client.GetResultAsync(id)).ToString());
        }
        var failing = new JobSpec("numbers", JobData.Parse("-1"));
        var failed = errand.Run(client => client.CallAsync(failing, new CallOptions { AsyncTimeout = Seconds(9), StoreFirst = storeFirst }));
        Assert.Equal("InvalidOperationException: too few", failed.Outcome!.Error!.Message);
        Assert.Equal(failed.Outcome.Error, errand.End(errand.Submit(failing).Id).Outcome!.Error);
    }

    [Fact]
    public void A_call_of_a_later_time_is_a_stored_job_until_then()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var due = errand.Time.GetUtcNow() + Seconds(60);
        var result = errand.Run(client => client.CallAsync(Sleep(1) with { RunAt = due }, Patience(5)));
        Assert.True(result.IsPromoted);
        Assert.Equal(JobState.Queued, result.Job!.State);
        Assert.Equal(due, errand.End(result.Job.Id).StartedAt);
    }
}
