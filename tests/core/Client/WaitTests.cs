using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>Waiting for a job, and answering one that waits itself.</summary>
public sealed class WaitTests
{
    [Fact]
    public void C4_a_wait_ends_at_once_with_the_end_of_the_job()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(7.3)).Id;
        var news = errand.Run(client => client.WaitAsync(id, new() { Timeout = Seconds(60) }));
        Assert.Equal((JobState.Completed, false), (news.Job.State, news.TimedOut));
        Assert.Equal(Seconds(7.3), errand.World.Elapsed);
    }

    [Fact]
    public void C4_a_wait_ends_with_its_limit_and_says_so()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(60)).Id;
        var news = errand.Run(client => client.WaitAsync(id, new() { Timeout = Seconds(4.5) }));
        Assert.Equal((JobState.Running, true), (news.Job.State, news.TimedOut));
        Assert.Equal(Seconds(4.5), errand.World.Elapsed);
    }

    [Fact]
    public void C4_with_a_cursor_one_waits_for_news_since()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            await Task.Delay(Seconds(5), job.Time);
            job.Report(1, 2);
            await Task.Delay(Seconds(5), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        errand.RunToIdle();
        long cursor = errand.Get(id).Version;
        var news = errand.Run(client => client.WaitAsync(id, new() { AfterVersion = cursor, Timeout = Seconds(60) })).Job;
        Assert.Equal((50, Seconds(5)), (news.Progress!.Percent, errand.World.Elapsed));
        // What one has not seen yet is news at once.
        Assert.Equal(news.Version, errand.Run(client => client.WaitAsync(id, new() { AfterVersion = cursor })).Job.Version);
        Assert.Equal(JobState.Completed, errand.Run(client => client.WaitAsync(id, new() { AfterVersion = news.Version })).Job.State);
        Assert.Equal(Seconds(10), errand.World.Elapsed);
    }

    [Fact]
    public void C4_a_wait_costs_one_call_and_not_twenty()
    {
        var store = new StoreSpy();
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), store);
        var id = errand.Submit(Sleep(10)).Id;
        int before = store.Count("find");
        errand.End(id);
        // One look, and one a second in case that a wake-up is lost.
        Assert.InRange(store.Count("find") - before, 1, 12);
    }

    [Fact]
    public void C4_a_wait_ends_though_every_wake_up_is_lost()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), new StoreSpy { LosesHints = true });
        using var other = errand.StartAnother(builder => builder.Configure(options => options.RemoteKinds.Add("sleep")));
        var id = other.Submit(Sleep(5)).Id;
        Assert.Equal(JobState.Completed, other.End(id).State);
        // A second until it was found in line, and a second until its end was seen.
        Assert.InRange(errand.World.Elapsed, Seconds(5), Seconds(7));
    }

    [Fact]
    public void C4_a_wait_can_end_when_a_person_is_needed()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job =>
        {
            await Task.Delay(Seconds(2), job.Time);
            return $"{await job.AskAsync(JobData.Parse("1"))}";
        }));
        var id = errand.Submit(new("asks")).Id;
        Assert.Equal(JobState.Waiting, errand.Run(client => client.WaitAsync(id, new() { OrInput = true })).Job.State);
        Assert.Equal(Seconds(2), errand.World.Elapsed);
    }

    [Fact]
    public void I4_the_first_answer_wins_and_a_wrong_question_is_refused_with_the_open_ones()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job => $"{await job.AskAsync(JobData.Parse("\"ok?\""))}"));
        var result = errand.Run(client => client.CallAsync(new JobSpec("asks"), Patience(60)));
        // Handed over at once: nobody could answer a call that no store knows.
        Assert.True(result.IsPromoted);
        Assert.Equal(TimeSpan.Zero, errand.World.Elapsed);
        var id = result.Job!.Id;
        errand.RunToIdle();
        var wrong = Assert.Throws<InputNotExpectedException>(() => errand.Run(client => client.AnswerAsync(id, "9", JobData.Parse("1"), "ann")));
        Assert.Contains("it waits for '1'", wrong.Message, StringComparison.Ordinal);
        errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("\"yes\""), "ann"));
        Assert.Throws<InputNotExpectedException>(() => errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("\"no\""), "bob")));
        var job = errand.End(id);
        Assert.Equal("\"yes\"", job.Outcome!.Result.ToString());
        Assert.Equal("ann", job.Inputs[0].AnsweredBy);
    }
}
