using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Reuse: one job answers for identical ones, while it is under way and as long as its result is kept.
public abstract partial class JobStoreConformance
{
    [Theory]
    [InlineData(JobReuse.InFlight, JobPhase.Queued, true)]
    [InlineData(JobReuse.InFlight, JobPhase.Running, true)]
    [InlineData(JobReuse.InFlight, JobPhase.Waiting, true)]
    [InlineData(JobReuse.InFlight, JobPhase.RunningCancelling, false)]
    [InlineData(JobReuse.InFlight, JobPhase.WaitingCancelling, false)]
    [InlineData(JobReuse.InFlight, JobPhase.Completed, false)]
    [InlineData(JobReuse.InFlight, JobPhase.Failed, false)]
    [InlineData(JobReuse.InFlight, JobPhase.Cancelled, false)]
    [InlineData(JobReuse.Result, JobPhase.Queued, true)]
    [InlineData(JobReuse.Result, JobPhase.Running, true)]
    [InlineData(JobReuse.Result, JobPhase.Waiting, true)]
    [InlineData(JobReuse.Result, JobPhase.RunningCancelling, false)]
    [InlineData(JobReuse.Result, JobPhase.WaitingCancelling, false)]
    [InlineData(JobReuse.Result, JobPhase.Completed, true)]
    [InlineData(JobReuse.Result, JobPhase.Failed, false)]
    [InlineData(JobReuse.Result, JobPhase.Cancelled, false)]
    public async Task A_job_answers_for_an_identical_one_where_it_may(JobReuse reuse, JobPhase phase, bool answers)
    {
        var first = await Store.BroughtToAsync(phase, Alike(reuse));
        foreach (var other in new[] { JobReuse.InFlight, JobReuse.Result })
        {
            var result = Assert.Single(await Store.AddAsync([Alike(other, at: 10)], Token));
            Assert.Equal(!answers, result.Added);
            if (answers) SameJob.Assert(first, result.Job);
            else
            {
                // The new one answers from now on.
                Assert.Equal(result.Job.Id, Assert.Single(await Store.AddAsync([Alike(at: 11)], Token)).Job.Id);
                await Store.AppliedAsync(result.Job.Id, JobTransition.RequestCancel("bob", Samples.At(12)));
            }
        }
    }

    [Fact]
    public async Task Only_what_asks_for_it_is_answered_by_another_or_answers_for_one()
    {
        await Store.AddedAsync(Alike(JobReuse.None));
        var first = await Store.AddedAsync(Alike());
        await Store.AddedAsync(Alike(JobReuse.None));
        Job[] others = [Alike(owner: "bob"), Alike(fingerprint: "F"), Alike(fingerprint: null), Alike(fingerprint: null)];
        await Store.AddedAsync(others);
        Assert.Equal(first.Id, Assert.Single(await Store.AddAsync([Alike()], Token)).Job.Id);
        Assert.Equal(others[0].Id, Assert.Single(await Store.AddAsync([Alike(owner: "bob")], Token)).Job.Id);
    }

    [Fact]
    public async Task A_kept_result_answers_until_its_time_has_passed_for_the_one_who_asks()
    {
        var spec = Alike().Spec with { KeepFor = TimeSpan.FromSeconds(60) };
        var first = await Store.FinishedAsync(await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(spec)), JobOutcome.Completed(), 10);
        Assert.Equal(Samples.At(70), first.ExpiresAt);
        foreach (double at in new[] { 5, 69.999, 69 })
            Assert.Equal(first.Id, Assert.Single(await Store.AddAsync([Samples.Queued(spec, at)], Token)).Job.Id);
        var second = Assert.Single(await Store.AddAsync([Samples.Queued(spec, 70)], Token));
        Assert.True(second.Added);
        // However it ends, the first one has had its time.
        await Store.AppliedAsync(second.Job.Id, JobTransition.RequestCancel("bob", Samples.At(71)));
        Assert.True(Assert.Single(await Store.AddAsync([Samples.Queued(spec, 72)], Token)).Added);
        SameJob.Assert(first, await Store.FindAsync(first.Id, Token));
    }

    [Fact]
    public async Task A_result_without_a_time_of_its_own_answers_while_it_is_there()
    {
        var first = await Store.BroughtToAsync(JobPhase.Completed, Alike());
        Assert.Equal(first.Id, Assert.Single(await Store.AddAsync([Alike(at: 1_000_000)], Token)).Job.Id);
        await Store.RemoveAsync([first.Id], Token);
        Assert.True(Assert.Single(await Store.AddAsync([Alike(at: 5)], Token)).Added);
    }

    [Fact]
    public async Task Identical_jobs_of_one_add_are_one()
    {
        var jobs = Samples.Many(3, _ => Alike());
        var results = await Store.AddAsync([jobs[0], Samples.Queued(), jobs[1], jobs[2]], Token);
        Assert.Equal([true, true, false, false], results.Select(result => result.Added));
        Assert.Equal([jobs[0].Id, jobs[0].Id], results.Skip(2).Select(result => result.Job.Id));
        Assert.Equal(2, (await Store.ListAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task An_id_and_a_key_come_before_a_fingerprint()
    {
        var keyed = await Store.AddedAsync(Samples.Queued(key: "k"));
        var alike = await Store.AddedAsync(Alike());
        var result = Assert.Single(await Store.AddAsync([Samples.Queued(alike.Spec with { Key = "k", Owner = "ann" })], Token));
        Assert.Equal((false, keyed.Id), (result.Added, result.Job.Id));
        await Store.AppliedAsync(alike.Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        var next = await Store.AddedAsync(Alike());
        result = Assert.Single(await Store.AddAsync([alike], Token));
        Assert.Equal((false, alike.Id), (result.Added, result.Job.Id));
        Assert.Equal(next.Id, Assert.Single(await Store.AddAsync([Alike()], Token)).Job.Id);
    }

    [Fact]
    public async Task What_is_added_as_running_is_answered_for_and_answers_for_others()
    {
        var spec = Alike().Spec;
        Job Running() => Job.Running(JobId.New(Samples.Start), spec, Samples.Runner, Samples.Start, Samples.Start);
        var first = await Store.AddedAsync(Running());
        Assert.Equal(first.Id, Assert.Single(await Store.AddAsync([Samples.Queued(spec)], Token)).Job.Id);
        Assert.Equal(first.Id, Assert.Single(await Store.AddAsync([Running()], Token)).Job.Id);
        Assert.Single((await Store.HeartbeatAsync(new(Samples.Runner, 1, null), Token)).Held);
    }

    [Fact]
    public async Task Of_hundreds_of_identical_adds_at_once_one_is_a_job()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 3; round++)
        {
            string fingerprint = Samples.Name(round);
            var results = await AtOnceAsync(200, async i =>
                Assert.Single(await (i % 2 == 0 ? Store : second).AddAsync([Alike(JobReuse.InFlight, fingerprint: fingerprint)], Token)));
            var added = results.Single(result => result.Added).Job;
            Assert.All(results, result => Assert.Equal(added.Id, result.Job.Id));
        }
        Assert.Equal(3, (await Store.ListAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task Of_many_identical_adds_at_once_one_takes_the_place_of_a_result_that_is_kept_no_more()
    {
        var second = await SecondAsync();
        var spec = Alike().Spec with { KeepFor = TimeSpan.FromSeconds(1) };
        var old = await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(spec));
        var results = await AtOnceAsync(16, async i =>
            Assert.Single(await (i % 2 == 0 ? Store : second).AddAsync([Samples.Queued(spec, at: 60)], Token)));
        var added = results.Single(result => result.Added).Job;
        Assert.NotEqual(old.Id, added.Id);
        Assert.All(results, result => Assert.Equal(added.Id, result.Job.Id));
    }

    [Fact]
    public async Task An_end_and_identical_adds_that_race_agree()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 20; round++)
        {
            var spec = Alike(JobReuse.InFlight, fingerprint: Samples.Name(round)).Spec;
            var first = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(spec));
            var results = new AddResult?[4];
            await AtOnceAsync(4, async i =>
            {
                if (i == 0) await Store.FinishedAsync(first);
                else results[i] = Assert.Single(await (i % 2 == 0 ? Store : second).AddAsync([Samples.Queued(spec, 5)], Token));
                return true;
            });
            var answers = results.OfType<AddResult>().ToList();
            Assert.True(answers.Count(result => result.Added) <= 1, "Two of them are under way.");
            var added = answers.Where(result => result.Added).Select(result => result.Job.Id).ToList();
            Assert.All(answers, result => Assert.Contains(result.Job.Id, added.Append(first.Id)));
        }
    }

    private static Job Alike(JobReuse reuse = JobReuse.Result, double at = 0, string owner = "ann", string? fingerprint = "f") =>
        Samples.Queued(new JobSpec("work") { Owner = owner, Reuse = reuse, Fingerprint = fingerprint }, at);
}
