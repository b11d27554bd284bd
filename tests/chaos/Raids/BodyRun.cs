using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Raids;

/// <summary>A run of a body, by what it wrote down itself: from its first line to its last one, or to the death of its worker.</summary>
internal sealed record BodyRun(JobId Job, int Attempt, string Name, long From, long To)
{
    public static IReadOnlyList<BodyRun> Of(IReadOnlyList<JournalLine> journal, IEnumerable<WorkerProcess> workers)
    {
        var deaths = workers.Where(worker => worker.KilledAt is not null).ToDictionary(worker => worker.Name, worker => worker.KilledAt!.Value);
        return
        [
            .. journal.GroupBy(line => line.Run).Select(run =>
            {
                var (first, last) = (run.First(), run.Last());
                long to = last.Deed == Deed.Ended ? last.At : deaths[run.Key.Split('-')[0]];
                return new BodyRun(first.Job, first.Attempt, run.Key, first.At, to);
            }),
        ];
    }

    /// <summary>How many ran at the same moment at most.</summary>
    public static int MostAtOnce(IEnumerable<BodyRun> runs)
    {
        int now = 0, most = 0;
        // Of what happens at the same moment, ends come first.
        foreach (var (_, change) in runs.SelectMany(run => new[] { (run.From, 1), (Math.Max(run.From + 1, run.To), -1) }).Order())
            most = Math.Max(most, now += change);
        return most;
    }

    /// <summary>Attempts that were begun more than once.</summary>
    public static IReadOnlyList<string> BegunTwice(IEnumerable<BodyRun> runs) =>
    [
        .. from run in runs
           group run.Name by (run.Job, run.Attempt) into attempt
           where attempt.Count() > 1
           select $"attempt {attempt.Key.Attempt} of {attempt.Key.Job} was begun by {string.Join(", ", attempt)}",
    ];
}
