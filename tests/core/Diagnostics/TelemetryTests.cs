using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Errand.Diagnostics;
using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Diagnostics;

/// <summary>S1: what OpenTelemetry sees. Kinds have names of their own here, for other tests run at the same time.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly string _kind = $"telemetry-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<(string Instrument, double Value, string? State)> _measured = new();
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _listener;

    public TelemetryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ErrandTelemetry.Name) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _meters.Start();
        _listener = new()
        {
            ShouldListenTo = source => source.Name == ErrandTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if ((string?)activity.GetTagItem("errand.job.kind") == _kind) _activities.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public void S1_a_job_is_counted_and_timed_from_submit_to_end()
    {
        using var errand = Start();
        errand.Submit(Work(10));
        var second = errand.Submit(Work(5));
        errand.End(second.Id);
        Assert.Equal(2, Sum("errand.jobs.submitted"));
        Assert.Equal(2, Sum("errand.jobs.started"));
        Assert.Equal(0, Sum("errand.jobs.running"));
        Assert.Equal([10, 5], Values("errand.job.run"));
        Assert.Equal([0, 10], Values("errand.job.wait"));
        Assert.Equal(["completed", "completed"], States());
    }

    [Fact]
    public void S1_every_end_is_counted_by_its_state_also_of_what_never_ran()
    {
        using var errand = Start();
        var running = errand.Submit(Work(100));
        var queued = errand.Submit(Work(1));
        errand.Run(client => client.CancelAsync(queued.Id, "ann"));
        errand.Run(client => client.CancelAsync(running.Id, "ann"));
        errand.RunToIdle();
        errand.End(errand.Submit(Work(-1)).Id);
        Assert.Equal(["cancelled", "cancelled", "failed"], States().Order());
        Assert.Equal(1, Sum("errand.jobs.retried"));
    }

    [Fact]
    public void S1_a_promoted_call_is_counted_and_one_that_ends_in_time_is_no_job()
    {
        using var errand = Start();
        errand.Run(client => client.CallAsync(Work(1), Patience(2)));
        Assert.Equal((0, 0), (Sum("errand.calls.promoted"), Sum("errand.jobs.ended")));
        Assert.Equal(1, Sum("errand.jobs.started"));
        var job = errand.Run(client => client.CallAsync(Work(10), Patience(2))).Job!;
        errand.End(job.Id);
        Assert.Equal((1, 1), (Sum("errand.calls.promoted"), Sum("errand.jobs.ended")));
    }

    [Fact]
    public void S1_one_trace_spans_submit_and_run_also_across_processes()
    {
        using var errand = Start();
        using var front = errand.StartAnother(builder => builder.Configure(options =>
        {
            options.RunsJobs = false;
            options.RemoteKinds.Add(_kind);
        }));
        ActivityTraceId trace;
        JobId id;
        using (var request = new Activity("request").Start())
        {
            trace = request.TraceId;
            id = front.Submit(Work(1)).Id;
        }
        front.End(id);
        errand.RunToIdle();
        var submit = _activities.Single(activity => activity.OperationName == $"submit {_kind}");
        var run = _activities.Single(activity => activity.OperationName == $"run {_kind}");
        Assert.Equal((trace, trace), (submit.TraceId, run.TraceId));
        Assert.Equal(submit.SpanId, run.ParentSpanId);
        Assert.Equal((ActivityKind.Producer, ActivityKind.Consumer), (submit.Kind, run.Kind));
        Assert.All([submit, run], activity => Assert.Equal(id.ToString(), activity.GetTagItem("errand.job.id")));
    }

    [Fact]
    public void S1_a_run_that_fails_says_why()
    {
        using var errand = Start();
        errand.End(errand.Submit(Work(-1)).Id);
        var runs = _activities.Where(activity => activity.OperationName == $"run {_kind}").ToArray();
        Assert.Equal([1, 2], runs.Select(run => (int)run.GetTagItem("errand.job.attempt")!));
        Assert.All(runs, run => Assert.Equal((ActivityStatusCode.Error, "InvalidOperationException: no such thing"), (run.Status, run.StatusDescription)));
    }

    [Fact]
    public void S1_an_inline_call_runs_under_its_callers_activity()
    {
        using var errand = Start();
        using var request = new Activity("request").Start();
        errand.Run(client => client.CallAsync(Work(1)));
        Assert.Equal(request.SpanId, Assert.Single(_activities).ParentSpanId);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _listener.Dispose();
    }

    private ErrandTest Start() => ErrandTest.Start(builder => builder
        .Add(_kind, async Task (job) =>
        {
            double seconds = job.Input.ToElement().GetDouble();
            if (seconds < 0) throw new InvalidOperationException("no such thing");
            await Task.Delay(Seconds(seconds), job.Time, job.CancellationToken);
        }, kind => kind.Retry = new() { MaxRetries = 1 })
        .Configure(options => options.Slots = 1));

    private JobSpec Work(double seconds) => new(_kind, JobData.Parse(FormattableString.Invariant($"{seconds}")));

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? kind = null, state = null;
        foreach (var (name, tag) in tags)
        {
            if (name == "errand.job.kind") kind = (string?)tag;
            if (name == "errand.job.state") state = (string?)tag;
        }
        if (kind == _kind) _measured.Enqueue((instrument.Name, value, state));
    }

    private double[] Values(string instrument) => [.. _measured.Where(measure => measure.Instrument == instrument).Select(measure => measure.Value)];

    private double Sum(string instrument) => Values(instrument).Sum();

    private string[] States() => [.. _measured.Where(measure => measure.Instrument == "errand.jobs.ended").Select(measure => measure.State!)];
}
