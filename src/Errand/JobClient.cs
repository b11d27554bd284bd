using System.Runtime.CompilerServices;
using System.Text.Json;
using Errand.Storage;

namespace Errand;

/// <summary>The façade: checks what comes in, writes it to the store, and lets callers wait without polling.</summary>
internal sealed partial class JobClient : IJobClient
{
    private readonly ErrandCore _core;
    private readonly Deferral _deferral;

    public JobClient(ErrandCore core)
    {
        _core = core;
        _deferral = new Deferral(core, this);
    }

    public JsonSerializerOptions Json => _core.Json;

    private IJobStore Store => _core.Store;

    public ValueTask<CallResult> CallAsync(JobSpec spec, CallOptions? options = null, CancellationToken abandon = default) =>
        _deferral.CallAsync(spec, null, options ?? new(), abandon);

    public ValueTask<CallResult> CallAsync(JobSpec spec, IJobExecutor body, CallOptions? options = null, CancellationToken abandon = default) =>
        _deferral.CallAsync(spec, body, options ?? new(), abandon);

    public async ValueTask<JobNews> WaitAsync(JobId id, WaitOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        long startedAt = _core.Time.GetTimestamp();
        using var watch = _core.Signals.Watch(id);
        // The end of a job that runs here is told with the job itself: there is nothing to read before.
        var known = options is { AfterVersion: null, OrInput: false } ? _core.Runner?.Known(id) : null;
        while (true)
        {
            var job = watch.TakeSnapshot() ?? known ?? await GetAsync(id, cancellationToken);
            known = null;
            if (job.IsTerminal || job.Version > options.AfterVersion || (options.OrInput && job.State == JobState.Waiting)) return new(job, false);
            var left = Timeout.InfiniteTimeSpan;
            if (options.Timeout != Timeout.InfiniteTimeSpan)
            {
                left = options.Timeout - _core.Time.GetElapsedTime(startedAt);
                if (left <= TimeSpan.Zero) return new(job, true);
            }
            await watch.SleepAsync(left, cancellationToken);
        }
    }

    public async IAsyncEnumerable<Job> WatchAsync(
        JobId id, long afterVersion = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var job = (await WaitAsync(id, new() { AfterVersion = afterVersion }, cancellationToken)).Job;
            if (job.Version > afterVersion) yield return job;
            if (job.IsTerminal) yield break;
            afterVersion = job.Version;
        }
    }

    public async ValueTask<Job> AnswerAsync(JobId id, string key, JobData answer, string by, CancellationToken cancellationToken = default)
    {
        if (answer.Length > _core.Options.MaxPayloadBytes) throw new PayloadTooLargeException("answer", answer.Length, _core.Options.MaxPayloadBytes);
        while (true)
        {
            var job = await GetAsync(id, cancellationToken);
            if (job.Phase != JobPhase.Waiting || !job.Inputs.Any(input => input.Key == key && input.IsOutstanding))
                throw new InputNotExpectedException(job, key);
            var now = _core.Time.GetJobTime();
            JobInput[] inputs =
                [.. job.Inputs.Select(input => input.Key == key ? input with { Answer = answer, AnsweredBy = by, AnsweredAt = now } : input)];
            var result = await ApplyAsync(id, JobTransition.Answer(inputs, key, by, job.Version, now), cancellationToken);
            if (result.Status == ApplyStatus.Applied) return await GetAsync(id, cancellationToken);
            // Somebody else wrote in between: look again whether the question is still open.
        }
    }

    /// <summary>Notes that the caller of a stored call was given its id.</summary>
    internal async ValueTask<Job> HandOverAsync(JobId id)
    {
        await ApplyAsync(id, JobTransition.HandOver(_core.Time.GetJobTime()), CancellationToken.None);
        return await GetAsync(id);
    }

    private async ValueTask<ApplyResult> ApplyAsync(JobId id, JobTransition transition, CancellationToken cancellationToken) =>
        (await Store.ApplyAsync([new(id, transition)], cancellationToken))[0];
}
