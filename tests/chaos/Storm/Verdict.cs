using System.Text;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Storm;

/// <summary>
/// What must hold after every storm, whatever happened in it. It compares what clients were told, what the store says, and what the bodies
/// themselves wrote down.
/// </summary>
internal sealed class Verdict(StormRun storm, ChaosHost host, IReadOnlyList<JournalLine> journal)
{
    private readonly List<string> _problems = [.. storm.Ledger.Problems, .. storm.Observer.Problems];
    private readonly Dictionary<JobId, Job> _stored = [];
    private readonly ILookup<JobId, JournalLine> _deeds = journal.ToLookup(line => line.Job);
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public async Task<IReadOnlyList<string>> ReachAsync()
    {
        await foreach (var job in StoredJobs.AllAsync(host.Store)) _stored.Add(job.Id, job);
        CheckKept();
        CheckEnds("a waiter", storm.Ledger.SeenEnds);
        CheckEnds("the feed", storm.Observer.Ends);
        if (storm.Observer.Ends.Count != _stored.Count) Problem($"the feed told of {storm.Observer.Ends.Count} ends of {_stored.Count} jobs");
        foreach (var job in _stored.Values)
        {
            Count(job.State.ToWord());
            CheckBodies(job, [.. _deeds[job.Id]]);
            await CheckEndAsync(job, [.. _deeds[job.Id]]);
        }
        foreach (var (id, answers) in storm.Ledger.Answers) CheckCancel(_stored[id], answers);
        if (storm.Warnings.ContainsKey(Logs.EndRefused)) Problem("the end of a job was refused to the runner that held it");
        return _problems;
    }

    // Every key was acknowledged in the end, so there is one job for each and none besides.
    private void CheckKept()
    {
        foreach (var (ordinal, id) in storm.Ledger.Jobs)
            if (!_stored.TryGetValue(id, out var job)) Problem($"{id} (piece {ordinal}) was acknowledged and is not in the store");
            else if (job.Spec.Key != $"piece-{ordinal}") Problem($"{id} was acknowledged for piece {ordinal} and has the key {job.Spec.Key}");
        if (_stored.Count != storm.Ledger.Jobs.Count) Problem($"there are {_stored.Count} jobs in the store, and {storm.Ledger.Jobs.Count} were acknowledged");
    }

    private void CheckEnds(string who, IReadOnlyCollection<Job> ends)
    {
        foreach (var seen in ends)
        {
            if (!_stored.TryGetValue(seen.Id, out var job)) continue;
            if (job.Version != seen.Version || job.State != seen.State || job.Outcome?.Result != seen.Outcome?.Result)
                Problem($"{who} saw {Describe(seen)} end, and now it is {Describe(job)}");
        }
    }

    private void CheckBodies(Job job, JournalLine[] deeds)
    {
        foreach (var attempt in deeds.Where(deed => deed.Deed == Deed.Started).GroupBy(deed => deed.Attempt))
            if (attempt.Count() > 1) Problem($"attempt {attempt.Key} of {Describe(job)} was started {attempt.Count()} times: {string.Join(", ", attempt.Select(deed => deed.Run))}");
        int runs = deeds.Count(deed => deed.Deed is Deed.Started or Deed.Resumed);
        if (runs > 1)
        {
            Count($"worked on again: {job.Kind}");
            if (!Kinds.RunsAgain(job.Kind) && !Kinds.GoesOn(job.Kind)) Problem($"{Describe(job)} was worked on {runs} times");
        }
        if (deeds.Count(deed => deed.Deed == Deed.Ended) > 1) Count($"done more than once: {job.Kind}");
        if (job.Attempt > 1 && !Kinds.RunsAgain(job.Kind)) Problem($"{Describe(job)} has had {job.Attempt} attempts");
        if (deeds.Length > 0 && deeds.Max(deed => deed.Attempt) > job.Attempt) Problem($"a body worked on an attempt that {Describe(job)} never had");
        CheckCheckpoints(job, deeds);
    }

    // Whoever goes on begins at the last checkpoint that was acknowledged, or at one that was kept and whose answer was lost.
    private void CheckCheckpoints(Job job, JournalLine[] deeds)
    {
        if (job.Kind is not (Kinds.Steps or Kinds.Resumed)) return;
        int saved = 0;
        foreach (var (_, from, last) in deeds.GroupBy(deed => deed.Run)
                     .Select(run => (run.First().Attempt, From: run.First().Value, Last: run.Where(deed => deed.Deed == Deed.Saved).Select(deed => deed.Value).LastOrDefault()))
                     .Order())
        {
            if (from != saved && from != saved + 1) Problem($"{Describe(job)} went on from step {from} after step {saved} was kept");
            saved = Math.Max(from, last);
        }
    }

    private async Task CheckEndAsync(Job job, JournalLine[] deeds)
    {
        switch (job.State)
        {
            case JobState.Completed:
                CheckResult(job, deeds);
                if (job.Kind == Kinds.Output) await CheckOutputAsync(job);
                break;
            case JobState.Failed:
                await CheckInterruptedAsync(job);
                break;
            case JobState.Cancelled:
                if (!storm.Ledger.Answers.ContainsKey(job.Id)) Problem($"{Describe(job)} was cancelled by nobody");
                break;
            default:
                Problem($"{Describe(job)} has not ended");
                break;
        }
    }

    private void CheckResult(Job job, JournalLine[] deeds)
    {
        var done = ChaosJson.Read<Done>(job.Outcome!.Result);
        bool wasThere = deeds.Any(deed => deed.Deed == Deed.Ended && deed.Attempt == job.Attempt && deed.Run == done.Run);
        if (done.Attempt != job.Attempt || !wasThere || job.Spec.Key != $"piece-{done.Ordinal}") Problem($"{Describe(job)} has the result of another run: {done}");
    }

    private async Task CheckOutputAsync(Job job)
    {
        var done = ChaosJson.Read<Done>(job.Outcome!.Result);
        var slice = await host.Client.ReadOutputAsync(job.Id, new() { Attempt = job.Attempt });
        string text = string.Concat(slice.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Bytes.Span)));
        string expected = string.Concat(Enumerable.Range(1, Bodies.Lines).Select(line => $"{done.Run} {line}\n"));
        if (text != expected || !slice.Completed || job.Outcome.Output?.Bytes != slice.End) Problem($"the output of {Describe(job)} is '{text}' and not '{expected}'");
    }

    private async Task CheckInterruptedAsync(Job job)
    {
        if (job.Outcome!.Error!.Code != JobErrorCodes.Interrupted) Problem($"{Describe(job)} failed: {job.Outcome.Error}");
        if (Kinds.RunsAgain(job.Kind) || Kinds.GoesOn(job.Kind)) Problem($"{Describe(job)} was interrupted, although it could go on");
        var history = await host.Store.HistoryAsync(job.Id);
        if (!history.Any(line => line.Name == JobEvents.Adopted)) Problem($"{Describe(job)} was interrupted, although its runner was not gone");
    }

    private void CheckCancel(Job job, List<StopAnswer> answers)
    {
        foreach (var answer in answers)
        {
            Count($"cancel: {answer}");
            bool finished = answer == StopAnswer.AlreadyFinished;
            if (finished == (job.State == JobState.Cancelled) || answer == StopAnswer.NotFound) Problem($"a cancel was answered with {answer}, and {Describe(job)} is the end");
        }
        if (answers.Contains(StopAnswer.Cancelled) && _deeds.Contains(job.Id)) Problem($"{Describe(job)} was cancelled before it started, and was worked on");
    }

    private void Problem(string problem) => _problems.Add(problem);

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    private static string Describe(Job job) => $"{job.Kind} {job.Id} v{job.Version} attempt {job.Attempt} {job.State.ToWord()}";
}
