using Errand.Chaos.Tests.Raids;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Raided))]
public sealed class DependencyTests
{
    private const int Chain = 4;
    private const int Fan = 6;

    [Fact]
    public async Task I2_dependents_start_after_those_before_them_have_ended_and_none_waits_for_ever_whoever_is_killed()
    {
        await using var raid = await Raid.BeginAsync("dependencies");
        int families = 0;

        await raid.FeedAsync(raid.StrikeAsync(Chance.Long ? 100 : 8, inFlight: 3, mostAtOnce: 2), live: 700, SubmitAsync);
        while (families < 300) await SubmitAsync();
        await raid.AllEndedAsync();
        var jobs = await raid.JobsAsync();
        var lines = raid.Folder.ReadJournals().ToLookup(line => line.Job);

        int again = jobs.Values.Count(job => job.Attempt > 1);
        string states = string.Join(", ", jobs.Values.CountBy(job => job.State).Select(count => $"{count.Value} {count.Key.ToWord()}"));
        Console.WriteLine($"  • dependencies: {families} families of {jobs.Count / families} jobs, {raid.Struck}; {again} jobs ran again; {states}");
        foreach (var job in jobs.Values) Check(job, jobs, lines);
        Assert.Empty(BodyRun.BegunTwice(BodyRun.Of([.. lines.SelectMany(line => line)], raid.Fleet.Everyone)));
        Assert.Empty(raid.Problems);
        Assert.True(again > 0, "Nobody was killed in the middle of a job.");

        Task SubmitAsync() => raid.VisitAsync(async host =>
        {
            for (int i = 0; i < 50; i++) await host.Client.SubmitAsync(Family(host.Client.CreateBatch(), isDud: families++ % 5 == 0));
            return 0;
        });
    }

    /// <summary>A diamond, after it a chain, and after that a fan that comes together again. In some the first of all fails.</summary>
    private static JobBatch Family(JobBatch batch, bool isDud)
    {
        var top = batch.Add(new(isDud ? Kinds.Dud : Kinds.Again, Input(0)));
        var left = Add(batch, 1, JobDependency.OnSuccess(top));
        var right = Add(batch, 2, JobDependency.OnEnd(top));
        var last = Add(batch, 3, JobDependency.OnEnd(left), JobDependency.OnSuccess(right));
        for (int i = 0; i < Chain; i++) last = Add(batch, 4 + i, JobDependency.OnSuccess(last));
        JobId[] fan = [.. Enumerable.Range(0, Fan).Select(i => Add(batch, 10 + i, JobDependency.OnSuccess(last)))];
        Add(batch, 20, [.. fan.Select(JobDependency.OnSuccess)]);
        return batch;
    }

    private static JobId Add(JobBatch batch, int ordinal, params JobDependency[] after) =>
        batch.Add(new(Kinds.Dependent, Input(ordinal)) { After = after });

    private static JobData Input(int ordinal) => ChaosJson.Write(new Piece(ordinal, 5));

    private static void Check(Job job, IReadOnlyDictionary<JobId, Job> jobs, ILookup<JobId, JournalLine> lines)
    {
        if (job.Kind == Kinds.Dud)
        {
            Assert.True(job.IsDeadLetter);
            return;
        }
        if (job.Spec.After.Any(dependency => !dependency.IsMetBy(jobs[dependency.Job].Phase)))
        {
            Assert.Equal((JobState.Failed, JobErrorCodes.DependencyFailed), (job.State, job.Outcome!.Error!.Code));
            Assert.Empty(lines[job.Id]);
            return;
        }
        Assert.Equal((JobState.Completed, JobHolds.None), (job.State, job.Holds));
        Job[] done = [.. job.Spec.After.Select(dependency => jobs[dependency.Job]).Where(parent => parent.State == JobState.Completed)];
        foreach (var run in lines[job.Id].GroupBy(line => line.Run))
        {
            foreach (var parent in done)
                Assert.True(EndOf(parent) < run.First().At, $"{job.Id} was begun before {parent.Id} had ended, which it starts after.");
            var read = run.Where(line => line.Deed == Deed.Read).Select(line => line.Value);
            if (run.Last().Deed == Deed.Ended && job.Kind == Kinds.Dependent) Assert.Equal(done.Select(OrdinalOf), read);
        }

        long EndOf(Job parent)
        {
            string run = ChaosJson.Read<Done>(parent.Outcome!.Result).Run;
            return lines[parent.Id].Single(line => line.Deed == Deed.Ended && line.Run == run).At;
        }
    }

    private static int OrdinalOf(Job job) => ChaosJson.Read<Piece>(job.Spec.Input).Ordinal;
}
