using Xunit;

namespace Errand.Testing.Conformance;

// Listing and counting: every condition that is set must hold, and nothing else decides.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task An_empty_store_lists_nothing()
    {
        var page = await Store.ListAsync(new(), Token);
        Assert.Empty(page.Items);
        Assert.Null(page.Next);
        Assert.Equal(0, (await Store.CountAsync(new(), Token)).Values.Sum());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_are_listed_in_the_order_of_their_ids(bool oldestFirst)
    {
        var random = Chance.New();
        var jobs = Samples.Many(50, _ => Samples.Queued(at: random.Next(10)));
        await Store.AddedAsync(jobs);
        var listed = (await Store.ListAsync(new() { OldestFirst = oldestFirst }, Token)).Items.Select(job => job.Id);
        var ids = jobs.Select(job => job.Id).Order();
        Assert.Equal(oldestFirst ? ids : ids.Reverse(), listed);
    }

    [Fact]
    public async Task A_list_shows_jobs_in_full()
    {
        var job = Samples.Full();
        await Store.AddedAsync(job);
        SameJob.Assert(job, Assert.Single((await Store.ListAsync(new(), Token)).Items));
    }

    [Fact]
    public async Task A_list_is_filtered_by_kind()
    {
        var job = await Store.AddedAsync(Samples.Queued("a"));
        await Store.AddedAsync(Samples.Queued("A"), Samples.Queued("ab"));
        await ListsAsync(new() { Kind = "a" }, job);
    }

    [Fact]
    public async Task A_list_is_filtered_by_owner()
    {
        var job = await Store.AddedAsync(Samples.Queued(owner: "ann"));
        await Store.AddedAsync(Samples.Queued(owner: "Ann"), Samples.Queued(owner: "anna"));
        await ListsAsync(new() { Owner = "ann" }, job);
    }

    [Fact]
    public async Task A_list_is_filtered_by_agent()
    {
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Agent = "planner" }));
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Agent = "plan" }), Samples.Queued(new JobSpec("work")));
        await ListsAsync(new() { Agent = "planner" }, job);
    }

    [Fact]
    public async Task A_list_is_filtered_by_session()
    {
        var jobs = Samples.Many(2, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        await Store.AddedAsync(Samples.Queued(session: "t"), Samples.Queued());
        await ListsAsync(new() { Session = "s" }, jobs);
    }

    [Fact]
    public async Task A_list_is_filtered_by_tag()
    {
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Tags = ["red", "größer", "a,b"] }));
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Tags = ["reddish", "a", "b"] }), Samples.Queued());
        foreach (string tag in job.Spec.Tags) await ListsAsync(new() { Tag = tag }, job);
        foreach (string tag in new[] { "", "re", "Red", "%", "r_d", "\"" }) await ListsAsync(new() { Tag = tag });
    }

    [Fact]
    public async Task A_list_is_filtered_by_parent()
    {
        var parent = await Store.AddedAsync(Samples.Queued());
        var child = await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Parent = parent.Id }));
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Parent = child.Id }));
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { RetryOf = parent.Id }));
        await ListsAsync(new() { Parent = parent.Id }, child);
    }

    [Fact]
    public async Task A_list_is_filtered_by_states()
    {
        var jobs = new Dictionary<JobPhase, Job>();
        foreach (var phase in Enum.GetValues<JobPhase>()) jobs[phase] = await Store.BroughtToAsync(phase);
        foreach (var state in Enum.GetValues<JobState>())
            await ListsAsync(new() { States = [state] }, [.. jobs.Values.Where(job => job.State == state)]);
        await ListsAsync(new() { States = [JobState.Waiting, JobState.Failed] },
            jobs[JobPhase.Waiting], jobs[JobPhase.WaitingCancelling], jobs[JobPhase.Failed]);
        await ListsAsync(new() { States = Enum.GetValues<JobState>() }, [.. jobs.Values]);
    }

    [Fact]
    public async Task A_list_is_filtered_by_the_time_of_submission()
    {
        var jobs = Samples.Many(5, i => Samples.Queued(at: i));
        await Store.AddedAsync(jobs);
        await ListsAsync(new() { CreatedFrom = Samples.At(3) }, jobs[3..]);
        await ListsAsync(new() { CreatedBefore = Samples.At(3) }, jobs[..3]);
        await ListsAsync(new() { CreatedFrom = Samples.At(1), CreatedBefore = Samples.At(2) }, jobs[1]);
        await ListsAsync(new() { CreatedFrom = Samples.At(3.001) }, jobs[4]);
    }

    [Fact]
    public async Task A_list_is_filtered_by_the_time_of_the_end()
    {
        var early = await Store.BroughtToAsync(JobPhase.Running);
        var late = await Store.BroughtToAsync(JobPhase.Running);
        await Store.BroughtToAsync(JobPhase.Running);
        early = await Store.FinishedAsync(early, JobOutcome.Completed(), 10);
        late = await Store.FinishedAsync(late, JobOutcome.Completed(), 20);
        await ListsAsync(new() { FinishedBefore = Samples.At(10) });
        await ListsAsync(new() { FinishedBefore = Samples.At(20) }, early);
        await ListsAsync(new() { FinishedBefore = Samples.At(20.001) }, early, late);
    }

    [Theory]
    [InlineData("nightly build")]
    [InlineData("NIGHTLY")]
    [InlineData("100%")]
    [InlineData("a_b")]
    [InlineData("c:\\temp")]
    [InlineData("it's")]
    [InlineData("[x]*?")]
    [InlineData("Ärger")]
    [InlineData("äRGER")]
    [InlineData("ПРИВЕТ")]
    [InlineData("漢字")]
    [InlineData("😀")]
    [InlineData("make")]
    [InlineData("MaKe-It")]
    [InlineData("")]
    public async Task Text_is_found_in_title_and_kind_whatever_the_case(string text)
    {
        const string title = "Nightly build: 100% of a_b in C:\\Temp, it's [x]*? Ärger, привет, 漢字 😀";
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("make-it") { Title = title }));
        await ListsAsync(new() { Text = text }, job);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("n%y")]
    [InlineData("nightl_")]
    [InlineData("\\")]
    [InlineData("*")]
    [InlineData("buildmake")]
    [InlineData("Arger")]
    [InlineData("planner")]
    [InlineData("input")]
    public async Task Text_is_taken_as_it_is_and_sought_nowhere_else(string text)
    {
        var spec = new JobSpec("make-it", Samples.Json("\"input\"")) { Title = "Nightly Ärger build", Agent = "planner" };
        await Store.AddedAsync(Samples.Queued(spec));
        await Store.AddedAsync(Samples.Queued(new JobSpec("make-it")));
        await ListsAsync(new() { Text = text });
    }

    [Fact]
    public async Task Conditions_hold_together_and_counts_agree_with_lists()
    {
        var random = Chance.New();
        var jobs = await RandomJobsAsync(random, 120);
        for (int round = 0; round < 60; round++)
        {
            var query = RandomQuery(random, jobs);
            var meant = jobs.Where(job => Means(query, job)).ToList();
            await ListsAsync(query with { Limit = 1000 }, [.. meant]);
            var counts = await Store.CountAsync(query with { Limit = 1, After = jobs[60].Id }, Token);
            foreach (var state in Enum.GetValues<JobState>())
                Assert.Equal((state, meant.Count(job => job.State == state)), (state, (int)counts.GetValueOrDefault(state)));
        }
    }

    [Fact]
    public async Task Counts_follow_what_happens()
    {
        foreach (var phase in Enum.GetValues<JobPhase>()) await Store.BroughtToAsync(phase);
        var done = await Store.BroughtToAsync(JobPhase.Completed);
        await Store.AddedAsync(Samples.Many(7, _ => Samples.Queued()));
        await CountsAsync(new(), 8, 2, 2, 2, 1, 1);
        await CountsAsync(new() { States = [JobState.Running, JobState.Failed] }, 0, 2, 0, 0, 1, 0);
        await Store.RemoveAsync([done.Id], Token);
        await CountsAsync(new(), 8, 2, 2, 1, 1, 1);
    }

    private async Task CountsAsync(JobQuery query, params long[] expected)
    {
        var counts = await Store.CountAsync(query, Token);
        Assert.Equal(expected, Enum.GetValues<JobState>().Select(state => counts.GetValueOrDefault(state)));
    }

    private async Task ListsAsync(JobQuery query, params Job[] expected)
    {
        var listed = (await Store.ListAsync(query with { OldestFirst = true }, Token)).Items;
        Assert.Equal(expected.Select(job => job.Id).Order(), listed.Select(job => job.Id));
        Assert.Equal(expected.Length, (await Store.CountAsync(query, Token)).Values.Sum());
    }

    private async Task<List<Job>> RandomJobsAsync(Random random, int count)
    {
        string[] few = ["a", "b", "ab"];
        string Few() => few[random.Next(few.Length)];
        var jobs = new List<Job>();
        for (int i = 0; i < count; i++)
        {
            var spec = new JobSpec(Few())
            {
                Title = random.Next(3) == 0 ? null : Few(), Owner = Few(), Agent = random.Next(2) == 0 ? null : Few(),
                Session = random.Next(2) == 0 ? null : Few(), Tags = random.Next(2) == 0 ? [] : [Few(), "t"],
                Parent = jobs.Count > 0 && random.Next(3) == 0 ? jobs[random.Next(Math.Min(4, jobs.Count))].Id : null,
            };
            jobs.Add(await Store.BroughtToAsync((JobPhase)random.Next(8), Samples.Queued(spec, random.Next(8))));
        }
        // A later end of one job may have let another into line.
        for (int i = 0; i < jobs.Count; i++) jobs[i] = await Store.FoundAsync(jobs[i].Id);
        return jobs;
    }

    private static JobQuery RandomQuery(Random random, List<Job> jobs)
    {
        var like = jobs[random.Next(jobs.Count)];
        bool Perhaps() => random.Next(3) == 0;
        return new()
        {
            States = Perhaps() ? [like.State, (JobState)random.Next(6)] : [],
            Kind = Perhaps() ? like.Kind : null,
            Owner = Perhaps() ? like.Owner : null,
            Agent = Perhaps() ? like.Spec.Agent : null,
            Session = Perhaps() ? like.Spec.Session : null,
            Tag = Perhaps() ? (like.Spec.Tags.Count > 0 ? like.Spec.Tags[0] : "none") : null,
            Parent = Perhaps() ? like.Spec.Parent : null,
            Text = Perhaps() ? "B" : null,
            CreatedFrom = Perhaps() ? like.CreatedAt : null,
            CreatedBefore = Perhaps() ? like.CreatedAt.AddSeconds(3) : null,
            FinishedBefore = Perhaps() ? Samples.At(random.Next(3, 6)) : null,
        };
    }

    private static bool Means(JobQuery query, Job job)
    {
        bool Has(string? text) => text?.Contains(query.Text!, StringComparison.OrdinalIgnoreCase) ?? false;
        return (query.States.Count == 0 || query.States.Contains(job.State))
            && (query.Kind ?? job.Kind) == job.Kind
            && (query.Owner ?? job.Owner) == job.Owner
            && (query.Agent ?? job.Spec.Agent) == job.Spec.Agent
            && (query.Session ?? job.Spec.Session) == job.Spec.Session
            && (query.Tag is null || job.Spec.Tags.Contains(query.Tag))
            && (query.Parent is null || query.Parent == job.Spec.Parent)
            && (query.Text is null || Has(job.Spec.Title) || Has(job.Kind))
            && (query.CreatedFrom is null || job.CreatedAt >= query.CreatedFrom)
            && (query.CreatedBefore is null || job.CreatedAt < query.CreatedBefore)
            && (query.FinishedBefore is null || job.FinishedAt < query.FinishedBefore)
            && (query.Batch is null || query.Batch == job.Spec.Batch)
            && (query.Fingerprint is null || query.Fingerprint == job.Spec.Fingerprint)
            && (!query.DeadLetters || job.IsDeadLetter)
            && (query.ExpiredBefore is null || job.ExpiresAt < query.ExpiredBefore);
    }
}
