using Xunit;

namespace Errand.Testing.Conformance;

// Paging: a job that is there throughout is on exactly one page, whatever happens to others.
public abstract partial class JobStoreConformance
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(25, true)]
    [InlineData(1000, false)]
    public async Task Pages_together_hold_every_job_once(int limit, bool oldestFirst)
    {
        var jobs = Samples.Many(50, i => Samples.Queued(at: i % 5));
        await Store.AddedAsync(jobs);
        var listed = (await Store.PagedAsync(new() { Limit = limit, OldestFirst = oldestFirst })).Select(job => job.Id);
        var ids = jobs.Select(job => job.Id).Order();
        Assert.Equal(oldestFirst ? ids : ids.Reverse(), listed);
    }

    [Fact]
    public async Task The_last_page_says_that_it_is_the_last()
    {
        await Store.AddedAsync(Samples.Many(10, _ => Samples.Queued()));
        Assert.Null((await Store.ListAsync(new() { Limit = 10 }, Token)).Next);
        var nine = await Store.ListAsync(new() { Limit = 9 }, Token);
        Assert.Equal(9, nine.Items.Count);
        var rest = await Store.ListAsync(new() { Limit = 9, After = nine.Next }, Token);
        Assert.Single(rest.Items);
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task Filtered_pages_hold_only_what_is_meant()
    {
        var jobs = Samples.Many(60, i => Samples.Queued(i % 4 == 0 ? "a" : "b", at: i));
        await Store.AddedAsync(jobs);
        var listed = await Store.PagedAsync(new() { Limit = 4, Kind = "a" });
        Assert.Equal(jobs.Where(job => job.Kind == "a").Reverse().Select(job => job.Id), listed.Select(job => job.Id));
    }

    [Fact]
    public async Task A_page_has_at_most_a_thousand_jobs()
    {
        await Store.AddedAsync(Samples.Many(1001, i => Samples.Queued(at: i)));
        var page = await Store.ListAsync(new() { Limit = 5000 }, Token);
        Assert.Equal(JobQuery.MaxLimit, page.Items.Count);
        Assert.NotNull(page.Next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_goes_on_after_a_job_that_is_gone(bool oldestFirst)
    {
        for (int i = 0; i < 6; i++) await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(at: i));
        var query = new JobQuery { Limit = 3, OldestFirst = oldestFirst };
        var first = await Store.ListAsync(query, Token);
        Assert.Equal(3, await Store.RemoveAsync([.. first.Items.Select(job => job.Id)], Token));
        var second = await Store.ListAsync(query with { After = first.Next }, Token);
        Assert.Equal(3, second.Items.Count);
        Assert.Empty(first.Items.IntersectBy(second.Items.Select(job => job.Id), job => job.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_stay_stable_while_jobs_come_go_and_change(bool oldestFirst)
    {
        var random = Chance.New();
        var staying = Samples.Many(80, i => Samples.Queued("stay", at: random.Next(100)));
        await Store.AddedAsync(staying);
        var passing = new List<Job>();
        for (int i = 0; i < 60; i++) passing.Add(await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(at: random.Next(100))));
        List<JobId> seen = [];
        JobId? after = null;
        do
        {
            var page = await Store.ListAsync(new() { Limit = random.Next(1, 12), OldestFirst = oldestFirst, After = after }, Token);
            seen.AddRange(page.Items.Select(job => job.Id));
            after = page.Next;
            Assert.Equal(seen.Count, seen.Distinct().Count());
            await DisturbAsync(random, staying, passing);
        }
        while (after is not null);
        Assert.Equal(oldestFirst ? seen.Order() : seen.OrderDescending(), seen);
        Assert.Empty(staying.Select(job => job.Id).Except(seen));
    }

    private async Task DisturbAsync(Random random, Job[] staying, List<Job> passing)
    {
        for (int i = 0; i < 4; i++)
        {
            if (passing.Count > 0 && random.Next(2) == 0)
            {
                int index = random.Next(passing.Count);
                Assert.Equal(1, await Store.RemoveAsync([passing[index].Id], Token));
                passing.RemoveAt(index);
            }
            else passing.Add(await Store.BroughtToAsync(JobPhase.Failed, Samples.Queued(at: random.Next(100))));
            await Store.ApplyAsync(staying[random.Next(staying.Length)].Id, random.Next(3) == 0
                ? JobTransition.RequestCancel("bob", Samples.At(1))
                : JobTransition.HandOver(Samples.At(1)));
        }
    }
}
