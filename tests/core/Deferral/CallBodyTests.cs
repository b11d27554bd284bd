using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

/// <summary>Calls that bring their own work, and what the store is told of it.</summary>
public sealed class CallBodyTests
{
    private readonly StoreSpy _store = new();

    [Fact]
    public void A2_a_call_that_ends_in_time_is_never_described()
    {
        using var errand = Start();
        var body = new Body(errand, Seconds(1));
        var result = errand.Run(client => client.CallAsync(new JobSpec("own"), body, new() { AsyncTimeout = Seconds(2) }));
        Assert.False(result.IsPromoted);
        Assert.Equal((1, 0, 0, 0), (body.Runs, body.Described, body.Recorded, _store.Writes));
    }

    [Fact]
    public void A3_a_call_that_is_handed_over_is_stored_as_its_body_describes_it()
    {
        using var errand = Start();
        var body = new Body(errand, Seconds(3));
        var job = errand.Run(client => client.CallAsync(new JobSpec("own"), body, new() { AsyncTimeout = Seconds(2) })).Job!;
        Assert.Equal("""{"described":true}""", job.Spec.Input.ToString());
        var ended = errand.Run(client => client.WaitAsync(job.Id)).Job;
        Assert.Equal("\"recorded\"", ended.Outcome!.Result.ToString());
        Assert.Equal((1, 1, 1), (body.Runs, body.Described, body.Recorded));
    }

    [Fact]
    public void A4_a_call_that_wants_an_id_at_once_has_one_before_its_work_starts_and_however_soon_that_ends()
    {
        using var errand = Start();
        var body = new Body(errand, TimeSpan.Zero);
        var result = errand.Run(client => client.CallAsync(new JobSpec("own"), body, new() { HandOverAtOnce = true }));
        Assert.True(result.IsPromoted);
        Assert.NotNull(result.Job!.PromotedAt);
        Assert.Equal(JobState.Completed, errand.Run(client => client.WaitAsync(result.Job.Id)).Job.State);
        Assert.Equal(1, body.Runs);
    }

    [Fact]
    public void H1_calls_that_are_handed_over_at_once_wait_for_no_slot()
    {
        using var errand = Start(slots: 1);
        var bodies = Enumerable.Range(0, 3).Select(_ => new Body(errand, Seconds(60))).ToArray();
        foreach (var body in bodies) errand.Run(client => client.CallAsync(new JobSpec("own"), body, new() { HandOverAtOnce = true }));
        errand.RunToIdle();
        Assert.All(bodies, body => Assert.Equal(1, body.Runs));
    }

    [Fact]
    public void H1_a_call_under_a_cap_waits_in_the_store_and_its_own_body_runs()
    {
        using var errand = Start(kind => kind.Cap = new() { Running = 1 });
        var first = new Body(errand, Seconds(10));
        var second = new Body(errand, Seconds(1));
        var one = errand.Begin(client => client.CallAsync(new JobSpec("own"), first, new() { AsyncTimeout = Seconds(60) }));
        var two = errand.Begin(client => client.CallAsync(new JobSpec("own"), second, new() { AsyncTimeout = Seconds(60) }));
        errand.Advance(Seconds(5));
        Assert.Equal((1, 0), (first.Runs, second.Runs));
        errand.Advance(Seconds(10));
        Assert.Equal("\"recorded\"", one.Answer.Outcome!.Result.ToString());
        Assert.Equal("\"recorded\"", two.Answer.Outcome!.Result.ToString());
        Assert.Equal((1, 1), (first.Runs, second.Runs));
    }

    [Fact]
    public void H1_the_own_body_of_a_call_that_waited_runs_however_late_the_store_answers()
    {
        using var errand = Start(kind => kind.Cap = new() { Running = 1 });
        var first = new Body(errand, Seconds(10));
        var second = new Body(errand, Seconds(1));
        errand.Begin(client => client.CallAsync(new JobSpec("own"), first, new() { AsyncTimeout = Seconds(60) }));
        var two = errand.Begin(client => client.CallAsync(new JobSpec("own"), second, new() { AsyncTimeout = Seconds(60) }));
        errand.Advance(Seconds(5));
        // That the job was claimed is known by then to all who watch it.
        _store.Answers = call => call == "claim" ? Task.Delay(Seconds(1), errand.Time) : Task.CompletedTask;
        errand.Advance(Seconds(20));
        Assert.Equal("\"recorded\"", two.Answer.Outcome!.Result.ToString());
        Assert.Equal(1, second.Runs);
    }

    [Fact]
    public void D3_the_body_of_a_call_that_another_one_answers_does_not_run()
    {
        using var errand = Start();
        var spec = new JobSpec("own") { Reuse = JobReuse.InFlight };
        var first = new Body(errand, Seconds(10));
        var second = new Body(errand, Seconds(10));
        var one = errand.Begin(client => client.CallAsync(spec, first, new() { AsyncTimeout = Seconds(60) }));
        var two = errand.Begin(client => client.CallAsync(spec, second, new() { AsyncTimeout = Seconds(60) }));
        errand.Advance(Seconds(20));
        Assert.Equal(one.Answer.Job!.Id, two.Answer.Job!.Id);
        Assert.Equal((1, 0), (first.Runs, second.Runs));
    }

    [Fact]
    public void F3_the_body_of_a_call_that_was_cancelled_in_the_line_never_runs()
    {
        using var errand = Start(kind => kind.Cap = new() { Running = 1 });
        errand.Begin(client => client.CallAsync(new JobSpec("own"), new Body(errand, Seconds(10)), new() { AsyncTimeout = Seconds(1) }));
        var body = new Body(errand, Seconds(1));
        var call = errand.Begin(client => client.CallAsync(new JobSpec("own"), body, new() { AsyncTimeout = Seconds(2) }));
        errand.Advance(Seconds(5));
        errand.Run(client => client.CancelAsync(call.Answer.Job!.Id, "ann"));
        errand.Advance(Seconds(60));
        Assert.Equal(0, body.Runs);
    }

    [Fact]
    public void A3_work_may_hand_itself_over()
    {
        using var errand = Start();
        var body = new Body(errand, Seconds(3), handsOver: true);
        var result = errand.Run(client => client.CallAsync(new JobSpec("own"), body, new() { AsyncTimeout = Seconds(3600) }));
        Assert.True(result.IsPromoted);
        Assert.Equal(1, body.Runs);
    }

    [Fact]
    public void J10_what_is_too_large_to_be_stored_is_not_handed_over_and_its_caller_waits_on()
    {
        using var errand = Start();
        var body = new Body(errand, Seconds(30), input: JobData.Parse($"\"{new string('x', 2_000_000)}\""));
        var call = errand.Begin(client => client.CallAsync(new JobSpec("own"), body, new() { AsyncTimeout = Seconds(2) }));
        errand.Advance(Seconds(29));
        Assert.False(call.HasEnded);
        errand.Advance(Seconds(2));
        Assert.False(call.Answer.IsPromoted);
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void T2_kinds_may_become_known_while_the_host_runs()
    {
        var source = new Source();
        using var errand = ErrandTest.Start(builder => builder.AddKinds(_ => source), _store);
        Assert.Throws<UnknownJobKindException>(() => errand.Run(client => client.SubmitAsync(new JobSpec("late"))));
        source.Add(new("late", _ => new Late()));
        var job = errand.Run(client => client.SubmitAsync(new JobSpec("late")));
        Assert.Equal(JobState.Completed, errand.Run(client => client.WaitAsync(job.Id)).Job.State);
    }

    private ErrandTest Start(Action<JobKind>? configure = null, int slots = 10) => ErrandTest.Start(
        builder => builder.Configure(options => options.Slots = slots).AddJob("own", _ => throw new InvalidOperationException("The body was to run."), configure), _store);

    private sealed class Body(ErrandTest errand, TimeSpan takes, bool handsOver = false, JobData? input = null) : ICallBody
    {
        public int Runs { get; private set; }

        public int Described { get; private set; }

        public int Recorded { get; private set; }

        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            Runs++;
            if (handsOver) await job.HandOverAsync();
            await Task.Delay(takes, errand.Time, job.CancellationToken);
            return JobOutcome.Completed();
        }

        public JobSpec Describe(JobSpec spec)
        {
            Described++;
            return spec with { Input = input ?? JobData.Parse("""{"described":true}"""), Fingerprint = "f" };
        }

        public JobOutcome Record(JobOutcome outcome)
        {
            Recorded++;
            return outcome with { Result = JobData.Parse("\"recorded\"") };
        }
    }

    private sealed class Source : IJobKindSource
    {
        private readonly Dictionary<string, JobKind> _kinds = [];

        public IReadOnlyCollection<string> Names => _kinds.Keys;

        public JobKind? Find(string name) => _kinds.GetValueOrDefault(name);

        public void Add(JobKind kind) => _kinds[kind.Name] = kind;
    }

    private sealed class Late : IJobExecutor
    {
        public ValueTask<JobOutcome> RunAsync(JobContext job) => ValueTask.FromResult(JobOutcome.Completed());
    }
}
