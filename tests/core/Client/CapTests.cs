using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>H1, H3, H4: what is shared by many jobs, over all processes.</summary>
public sealed class CapTests
{
    [Fact]
    public void B_43_limit_2_and_four_jobs_never_more_than_2_at_once_over_two_processes()
    {
        int now = 0, most = 0;
        void Build(Microsoft.Extensions.DependencyInjection.ErrandBuilder builder) => builder.Add("work", async job =>
        {
            most = Math.Max(most, ++now);
            await Task.Delay(Seconds(10), job.Time);
            now--;
            return "1";
        }, kind => kind.Cap = new() { Running = 2 });
        using var errand = ErrandTest.Start(Build);
        using var other = errand.StartAnother();
        JobId[] ids = [errand.Submit(new("work")).Id, other.Submit(new("work")).Id, errand.Submit(new("work")).Id, other.Submit(new("work")).Id];
        Assert.All(ids, id => Assert.Equal(JobState.Completed, errand.End(id).State));
        Assert.Equal(2, most);
        Assert.Empty(errand.Queues().Run(queues => queues.CapsAsync()));
    }

    [Theory]
    [InlineData("owner/ann")]
    [InlineData("agent/claude")]
    [InlineData("key/gpu")]
    [InlineData("kind/sleep")]
    public void H1_a_cap_holds_for_a_kind_an_owner_an_agent_or_a_key(string cap)
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Configure(options =>
            {
                var one = new CapSize { Running = 1 };
                if (cap == "owner/ann") options.Caps.EachOwner = one;
                if (cap == "agent/claude") options.Caps.Agents["claude"] = one;
                if (cap == "key/gpu") options.Caps.EachKey = one;
                if (cap == "kind/sleep") options.Caps.EachKind = one;
            });
            builder.AddSleep();
        });
        var spec = Sleep(60) with { Owner = "ann", Agent = "claude", Caps = [new("gpu", CapSize.Unlimited)] };
        var first = errand.Submit(spec);
        var second = errand.Submit(spec);
        errand.RunToIdle();
        Assert.Equal(JobState.Running, errand.Get(first.Id).State);
        var status = errand.Run(client => client.StatusAsync(second.Id));
        Assert.Equal((JobState.Queued, JobWaitReasons.Cap, 1), (status.Job.State, status.WaitingFor!.Reason, status.WaitingFor.Position));
        Assert.Contains($"'{cap}' is full: 1 of 1", status.WaitingFor.Detail, StringComparison.Ordinal);
        var use = Assert.Single(errand.Queues().Run(queues => queues.CapsAsync()));
        Assert.Equal((cap, 1, 1, 1), (use.Cap.Name, use.Running, use.Queued, use.Waiting));
        Assert.Equal(JobState.Completed, errand.End(second.Id).State);
    }

    [Fact]
    public void B_55_twenty_agents_four_run_sixteen_wait_with_their_place_and_others_go_on()
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Configure(options => options.Caps.Agents["claude"] = new() { Running = 4 });
            builder.AddSleep().Add("run_command", _ => Task.FromResult("1"));
        });
        JobId[] agents = [.. Enumerable.Range(0, 20).Select(_ => errand.Submit(Sleep(600) with { Agent = "claude" }).Id)];
        errand.RunToIdle();
        Assert.Equal(4, agents.Count(id => errand.Get(id).State == JobState.Running));
        var places = agents.Select(id => errand.Run(client => client.StatusAsync(id)).WaitingFor).OfType<JobWait>().ToList();
        Assert.Equal(Enumerable.Range(1, 16), places.Select(wait => wait.Position!.Value));
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(new("run_command")).Id).State);
        Assert.Equal(4, agents.Count(id => errand.Get(id).State == JobState.Running));
    }

    [Fact]
    public void H3_a_full_queue_refuses_with_its_maximum()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        errand.Submit(Sleep(600) with { Session = "main" });
        errand.RunToIdle();
        for (int i = 0; i < 100; i++) errand.Submit(Sleep(1) with { Session = "main" });
        var full = Assert.Throws<QueueFullException>(() => errand.Submit(Sleep(1) with { Session = "main" }));
        Assert.Contains("queue is full; maximum 100", full.Message, StringComparison.Ordinal);
        errand.Submit(Sleep(1) with { Session = "other" });
        errand.Submit(Sleep(1) with { Session = "main", Owner = "bob" });
        errand.Advance(Minutes(11));
        errand.Submit(Sleep(1) with { Session = "main" });
    }

    [Fact]
    public void H4_a_rate_spaces_starts_and_tells_when_the_next_one_is()
    {
        List<DateTimeOffset> starts = [];
        using var errand = ErrandTest.Start(builder => builder.Add("call", job =>
        {
            starts.Add(job.Time.GetUtcNow());
            return Task.FromResult("1");
        }, kind => kind.Cap = new() { Rate = new(6, Minutes(1)) { Burst = 2 } }));
        var jobs = errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("call"), 12)]));
        errand.RunToIdle();
        Assert.Equal(2, starts.Count);
        var why = errand.Run(client => client.StatusAsync(jobs[^1].Id)).WaitingFor!;
        Assert.Equal(JobWaitReasons.Cap, why.Reason);
        Assert.Contains("lets 6 start in 00:01:00", why.Detail, StringComparison.Ordinal);
        errand.Advance(Minutes(3));
        Assert.Equal(12, starts.Count);
        Assert.All(starts, from => Assert.InRange(starts.Count(at => at >= from && at < from + Minutes(1)), 1, 7));
        Assert.True(starts[^1] - starts[0] <= Seconds(110));
    }

    [Fact]
    public void H2_nothing_starves_behind_a_cap_a_job_waits_no_longer_than_its_rank_says()
    {
        List<string> order = [];
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            order.Add(job.Spec.Title!);
            await Task.Delay(Seconds(30), job.Time);
            return "1";
        }, kind => kind.Cap = new() { Running = 1 }));
        errand.Submit(new("work") { Title = "first" });
        errand.RunToIdle();
        errand.Submit(new("work") { Title = "patient", Priority = -10 });
        // A stream of urgent work that would keep the cap busy for ever.
        for (int i = 0; i < 60; i++)
        {
            errand.Submit(new("work") { Title = $"urgent {i}", Priority = 10 });
            errand.Advance(Seconds(30));
        }
        // 20 steps of priority are worth 20 minutes: that is as long as it can be overtaken.
        Assert.InRange(order.IndexOf("patient"), 38, 43);
    }

    [Fact]
    public void A2_a_call_of_a_capped_kind_waits_for_its_turn_and_is_answered_like_any_other()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Cap = new() { Running = 1 }));
        var first = errand.Begin(client => client.CallAsync(Sleep(5)));
        var second = errand.Begin(client => client.CallAsync(Sleep(5)));
        errand.Advance(Seconds(6));
        Assert.Equal((true, false), (first.HasEnded, second.HasEnded));
        errand.Advance(Seconds(5));
        Assert.Equal("5", second.Answer.Outcome!.Result.ToString());
    }

    [Theory]
    [InlineData("Running is 0")]
    [InlineData("Queued is -1")]
    [InlineData("Rate.Count is 0")]
    [InlineData("Rate.Period is")]
    [InlineData("Rate.Burst is 0")]
    public void H1_a_cap_that_makes_no_sense_is_refused_with_an_example(string problem)
    {
        CapSize size = problem switch
        {
            "Running is 0" => new() { Running = 0 },
            "Queued is -1" => new() { Queued = -1 },
            "Rate.Count is 0" => new() { Rate = new(0, Minutes(1)) },
            "Rate.Period is" => new() { Rate = new(1, TimeSpan.Zero) },
            _ => new() { Rate = new(1, Minutes(1)) { Burst = 0 } },
        };
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var refused = Assert.Throws<InvalidJobException>(() => errand.Submit(Sleep(1) with { Caps = [new("gpu", size)] }));
        Assert.Equal("caps", refused.Parameter);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("such as", refused.Message, StringComparison.Ordinal);
    }
}
