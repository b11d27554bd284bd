using Errand.Testing;
using Microsoft.Extensions.Options;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Maintenance;

/// <summary>J6 and B-44: how long which ended jobs are kept.</summary>
public sealed class RetentionRuleTests
{
    [Fact]
    public void J6_ages_differ_by_kind_state_owner_and_session_and_a_jobs_own_goes_before()
    {
        using var errand = Start(new RetentionRule { State = JobState.Failed, Age = Hours(10) }, new RetentionRule { Kind = "sleep", Owner = "ann", Age = Hours(5) },
            new RetentionRule { Session = "main", Age = Minutes(10) });
        var plain = errand.End(errand.Submit(Sleep(1)).Id);
        var ann = errand.End(errand.Submit(Sleep(1) with { Owner = "ann" }).Id);
        var session = errand.End(errand.Submit(Sleep(1) with { Session = "main" }).Id);
        var failed = errand.End(errand.Submit(new("fail")).Id);
        var own = errand.End(errand.Submit(Sleep(1) with { KeepFor = Minutes(2) }).Id);
        var lasting = errand.End(errand.Submit(Sleep(1) with { KeepFor = Hours(20) }).Id);
        var all = new Dictionary<string, JobId>
        {
            ["plain"] = plain.Id, ["ann"] = ann.Id, ["session"] = session.Id, ["failed"] = failed.Id, ["own"] = own.Id, ["lasting"] = lasting.Id,
        };
        string Kept() => string.Join(" ", all.Where(job => errand.Run(client => client.FindAsync(job.Value)) is not null).Select(job => job.Key));
        errand.Advance(Minutes(4));
        Assert.Equal("plain ann session failed lasting", Kept());
        errand.Advance(Minutes(8));
        Assert.Equal("plain ann failed lasting", Kept());
        errand.Advance(Hours(1));
        Assert.Equal("ann failed lasting", Kept());
        errand.Advance(Hours(4));
        Assert.Equal("failed lasting", Kept());
        errand.Advance(Hours(6));
        Assert.Equal("lasting", Kept());
        errand.Advance(Hours(10));
        Assert.Equal("", Kept());
    }

    [Fact]
    public void J6_counts_hold_for_each_rule_and_the_oldest_go_first()
    {
        using var errand = Start(new RetentionRule { Kind = "fail", Count = 3 });
        JobId[] failed = [.. Enumerable.Range(0, 6).Select(_ =>
        {
            errand.Advance(Milliseconds(1));
            return errand.End(errand.Submit(new("fail")).Id).Id;
        })];
        JobId[] slept = [.. Enumerable.Range(0, 6).Select(_ => errand.End(errand.Submit(Sleep(1)).Id).Id)];
        errand.Advance(Minutes(3));
        Assert.Equal(failed[3..], failed.Where(id => errand.Run(client => client.FindAsync(id)) is not null));
        Assert.All(slept, id => Assert.NotNull(errand.Run(client => client.FindAsync(id))));
    }

    [Fact]
    public void B_44_eviction_never_touches_a_live_job_nor_what_a_live_one_starts_after()
    {
        using var errand = Start(new RetentionRule { Kind = "sleep", Count = 0, Age = TimeSpan.Zero });
        var parent = errand.Submit(Sleep(1));
        var long1 = errand.Submit(Sleep(7200) with { Limits = JobLimits.None });
        var waiting = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(parent.Id), JobDependency.OnSuccess(long1.Id)] });
        errand.Advance(Hours(1));
        Assert.NotNull(errand.Run(client => client.FindAsync(parent.Id)));
        Assert.Equal((JobState.Running, JobState.Queued), (errand.Get(long1.Id).State, errand.Get(waiting.Id).State));
        Assert.Equal(0, errand.Run(client => client.PurgeAsync(new())));
        errand.Advance(Hours(2));
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
    }

    [Fact]
    public void J6_an_explicit_purge_answers_how_many_by_session_and_owner()
    {
        using var errand = Start();
        for (int i = 0; i < 3; i++) errand.End(errand.Submit(Sleep(1) with { Session = "main" }).Id);
        for (int i = 0; i < 2; i++) errand.End(errand.Submit(Sleep(1) with { Owner = "ann" }).Id);
        var live = errand.Submit(Sleep(200) with { Owner = "ann" });
        Assert.Equal(3, errand.Run(client => client.PurgeAsync(new() { Session = "main" })));
        Assert.Equal(2, errand.Run(client => client.PurgeAsync(new() { Owner = "ann" })));
        Assert.Equal(JobState.Running, errand.Get(live.Id).State);
    }

    [Theory]
    [InlineData("neither Age nor Count")]
    [InlineData("Age is -")]
    [InlineData("Count is -1")]
    [InlineData("State is running")]
    public void J6_rules_that_make_no_sense_are_refused_at_start(string problem)
    {
        RetentionRule rule = problem switch
        {
            "neither Age nor Count" => new() { Kind = "sleep" },
            "Age is -" => new() { Age = Seconds(-1) },
            "Count is -1" => new() { Count = -1 },
            _ => new() { State = JobState.Running, Age = Seconds(1) },
        };
        var refused = Assert.Throws<OptionsValidationException>(() => Start(rule));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Retention.Rules[0]", refused.Message, StringComparison.Ordinal);
    }

    private static ErrandTest Start(params RetentionRule[] rules) => ErrandTest.Start(builder =>
    {
        builder.Configure(options =>
        {
            options.Retention.Age = Hours(1);
            foreach (var rule in rules) options.Retention.Rules.Add(rule);
        });
        builder.AddSleep().Add("fail", _ => throw new InvalidOperationException("no"));
    });
}
