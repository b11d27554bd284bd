using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// History, records and removal.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_history_holds_what_transitions_told_in_order()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        Assert.Empty(await Store.HistoryAsync(job.Id, Token));
        await Store.AppliedAsync(job.Id, JobTransition.Note(job.Fence, new(Samples.At(9), "first", "ann", "because", 1)));
        await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(4)));
        await Store.AppliedAsync(job.Id, JobTransition.Note(job.Fence, new(Samples.At(5), JobEvents.Signalled, null, "SIGINT", 1)));
        await Store.FinishedAsync(job, JobOutcome.Completed(), 6);
        SameEvents(
            [
                new(Samples.At(9), "first", "ann", "because", 1), new(Samples.At(4), JobEvents.CancelRequested, "bob"),
                new(Samples.At(5), JobEvents.Signalled, null, "SIGINT", 1), new(Samples.At(6), JobEvents.WorkEnded),
                new(Samples.At(6), JobEvents.SlotFreed),
            ],
            await Store.HistoryAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_history_that_was_read_does_not_change()
    {
        var job = await Store.BroughtToAsync(JobPhase.RunningCancelling);
        var read = await Store.HistoryAsync(job.Id, Token);
        await Store.FinishedAsync(job);
        Assert.Single(read);
    }

    [Fact]
    public async Task Histories_of_two_jobs_are_apart()
    {
        var first = await Store.BroughtToAsync(JobPhase.RunningCancelling);
        var second = await Store.BroughtToAsync(JobPhase.Running);
        Assert.Single(await Store.HistoryAsync(first.Id, Token));
        Assert.Empty(await Store.HistoryAsync(second.Id, Token));
    }

    [Fact]
    public async Task A_job_that_is_not_there_has_no_history() => Assert.Empty(await Store.HistoryAsync(JobId.New(Samples.Start), Token));

    [Fact]
    public async Task A_record_is_written_only_over_the_version_that_was_read()
    {
        Assert.Null(await Store.ReadRecordAsync("pause", Token));
        Assert.False(await Store.WriteRecordAsync("pause", 1, Samples.Json("0"), Token));
        Assert.True(await Store.WriteRecordAsync("pause", 0, Samples.Json("1"), Token));
        Assert.False(await Store.WriteRecordAsync("pause", 0, Samples.Json("2"), Token));
        Assert.Equal(new StoreRecord(1, Samples.Json("1")), await Store.ReadRecordAsync("pause", Token));
        Assert.True(await Store.WriteRecordAsync("pause", 1, Samples.Json("3"), Token));
        Assert.False(await Store.WriteRecordAsync("pause", 1, Samples.Json("4"), Token));
        Assert.False(await Store.WriteRecordAsync("pause", 3, Samples.Json("4"), Token));
        Assert.Equal(new StoreRecord(2, Samples.Json("3")), await Store.ReadRecordAsync("pause", Token));
    }

    [Fact]
    public async Task A_record_is_removed_by_writing_nothing()
    {
        await Store.WriteRecordAsync("pause", 0, Samples.Json("1"), Token);
        Assert.False(await Store.WriteRecordAsync("pause", 2, JobData.None, Token));
        Assert.True(await Store.WriteRecordAsync("pause", 1, JobData.None, Token));
        Assert.Null(await Store.ReadRecordAsync("pause", Token));
        Assert.False(await Store.WriteRecordAsync("pause", 1, Samples.Json("2"), Token));
        Assert.True(await Store.WriteRecordAsync("pause", 0, Samples.Json("2"), Token));
    }

    [Fact]
    public async Task Records_of_one_version_are_written_and_removed_each_by_itself()
    {
        foreach (string name in new[] { "a", "b", "c" }) await Store.WriteRecordAsync(name, 0, Samples.Json("1"), Token);
        Assert.True(await Store.WriteRecordAsync("a", 1, Samples.Json("2"), Token));
        Assert.True(await Store.WriteRecordAsync("b", 1, JobData.None, Token));
        Assert.Equal(new StoreRecord(2, Samples.Json("2")), await Store.ReadRecordAsync("a", Token));
        Assert.Null(await Store.ReadRecordAsync("b", Token));
        Assert.Equal(new StoreRecord(1, Samples.Json("1")), await Store.ReadRecordAsync("c", Token));
    }

    [Fact]
    public async Task Records_are_told_apart_by_their_whole_name()
    {
        string[] names = ["a", "A", "a/b", "ä", "'; --", "%", "漢字", "a ", ""];
        foreach (string name in names) Assert.True(await Store.WriteRecordAsync(name, 0, JobData.Parse($"\"{name}\""), Token));
        foreach (string name in names) Assert.Equal(new StoreRecord(1, JobData.Parse($"\"{name}\"")), await Store.ReadRecordAsync(name, Token));
    }

    [Fact]
    public async Task A_large_record_comes_back_byte_for_byte()
    {
        var value = Samples.Large(1 << 20, seed: 4);
        await Store.WriteRecordAsync("large", 0, value, Token);
        Assert.Equal(value, (await Store.ReadRecordAsync("large", Token))!.Value);
    }

    [Fact]
    public async Task B_44_only_ended_jobs_are_removed()
    {
        var jobs = new List<Job>();
        foreach (var phase in Enum.GetValues<JobPhase>()) jobs.Add(await Store.BroughtToAsync(phase));
        JobId[] ids = [.. jobs.Select(job => job.Id), JobId.New(Samples.Start)];
        Assert.Equal(3, await Store.RemoveAsync(ids, Token));
        Assert.Equal(0, await Store.RemoveAsync(ids, Token));
        foreach (var job in jobs)
        {
            if (job.IsTerminal) Assert.Null(await Store.FindAsync(job.Id, Token));
            else SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
        }
    }

    [Fact]
    public async Task A_removed_job_leaves_nothing_behind()
    {
        var job = await Store.BroughtToAsync(JobPhase.Cancelled, Samples.Queued(key: "k", session: "s"));
        Assert.NotEmpty(await Store.HistoryAsync(job.Id, Token));
        Assert.Equal(1, await Store.RemoveAsync([job.Id], Token));
        Assert.Empty(await Store.HistoryAsync(job.Id, Token));
        Assert.Empty((await Store.ListAsync(new(), Token)).Items);
        Assert.Equal(ApplyStatus.Unknown, (await Store.ApplyAsync(job.Id, JobTransition.HandOver(Samples.At(1)))).Status);
        var again = await Store.AddedAsync(Samples.Queued(key: "k", session: "s") with { Id = job.Id });
        Assert.Equal((1L, JobHolds.None), (again.Version, again.Holds));
        Assert.Empty(await Store.HistoryAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_job_that_is_named_twice_is_removed_once()
    {
        var job = await Store.BroughtToAsync(JobPhase.Completed);
        Assert.Equal(1, await Store.RemoveAsync([job.Id, job.Id], Token));
        Assert.Equal(0, await Store.RemoveAsync([], Token));
    }

    [Fact]
    public async Task Thousands_of_jobs_are_removed_in_one_call()
    {
        var done = Samples.Many(3000, i => Samples.Queued(at: i) with
        {
            Phase = JobPhase.Completed, Outcome = JobOutcome.Completed(), FinishedAt = Samples.At(i),
        });
        await Store.AddedAsync(done);
        var live = await Store.AddedAsync(Samples.Queued(at: 1500.5));
        Assert.Equal(3000, await Store.RemoveAsync([.. done.Select(job => job.Id), live.Id], Token));
        Assert.Equal(live.Id, Assert.Single((await Store.ListAsync(new(), Token)).Items).Id);
    }
}
