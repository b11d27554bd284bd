using Errand.Storage;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Notices;

/// <summary>That a crash neither loses a notice nor doubles it. Webhooks are paused here, so that what is to be sent can be counted.</summary>
public sealed class NoticeCrashTests
{
    private static readonly JobNotice Hook = JobNotice.Webhook("https://hooks.example.com/errand");

    [Fact]
    public void C9_the_notice_of_an_end_is_kept_with_the_job_so_that_no_crash_loses_it()
    {
        using var errand = Start(new MemoryJobStore());
        var job = errand.Submit(Sleep(1) with { Notify = [Hook] });
        errand.Advance(Seconds(0.5));
        var waiting = Assert.Single(NoticesOf(errand));
        Assert.Equal((JobState.Queued, JobHolds.Parents), (waiting.State, waiting.Holds));
        errand.Node.Kill();

        using var next = errand.StartAnother();
        Assert.Equal(JobState.Completed, next.End(job.Id).State);
        next.Advance(Seconds(10));
        var notice = Assert.Single(NoticesOf(next));
        Assert.Equal((waiting.Id, JobHolds.None), (notice.Id, notice.Holds));
        Assert.Equal(JobWaitReasons.Paused, next.Run(client => client.StatusAsync(notice.Id)).WaitingFor!.Reason);
    }

    [Fact]
    public void C9_a_crash_between_an_end_and_its_notice_loses_nothing()
    {
        var store = new StoreSpy(new MemoryJobStore());
        using var errand = Start(store);
        // Nobody is told of the end in this life.
        store.Fails = call => call == "release" ? new StoreUnavailableException("cut off") : null;
        var job = errand.Submit(Sleep(1) with { Notify = [Hook] });
        Assert.Equal(JobState.Completed, errand.End(job.Id).State);
        errand.Node.Kill();
        Assert.Equal(JobHolds.Parents, Assert.Single(NoticesOf(store)).Holds);

        store.Fails = null;
        using var next = errand.StartAnother();
        next.Advance(Seconds(10));
        Assert.Equal(JobHolds.None, Assert.Single(NoticesOf(next)).Holds);
    }

    [Fact]
    public void C9_a_crash_between_a_question_and_its_notice_loses_nothing_and_doubles_nothing()
    {
        var store = new StoreSpy(new MemoryJobStore());
        using var errand = Start(store);
        var job = errand.Submit(new JobSpec("ask") { Notify = [Hook with { On = JobNoticeEvents.Input }] });
        store.Fails = call => call == "add" ? new StoreUnavailableException("cut off") : null;
        errand.Advance(Seconds(1));
        Assert.Equal(JobState.Waiting, errand.Get(job.Id).State);
        Assert.Empty(NoticesOf(errand));
        errand.Node.Kill();

        store.Fails = null;
        using var second = errand.StartAnother();
        second.Advance(Minutes(1));
        Assert.Equal(JobState.Waiting, second.Get(job.Id).State);
        var notice = Assert.Single(NoticesOf(second));
        second.Node.Kill();

        // The next life asks once more, and finds that it is told already.
        using var third = second.StartAnother();
        third.Advance(Minutes(1));
        Assert.Equal((JobState.Waiting, 3), (third.Get(job.Id).State, third.Get(job.Id).Attempt));
        Assert.Equal(notice.Id, Assert.Single(NoticesOf(third)).Id);
    }

    [Fact]
    public void C9_a_store_that_is_away_delays_the_notice_of_a_question_and_harms_no_job()
    {
        var store = new StoreSpy(new MemoryJobStore());
        using var errand = Start(store);
        var job = errand.Submit(new JobSpec("ask") { Notify = [Hook with { On = JobNoticeEvents.Input }] });
        store.Fails = call => call == "add" ? new StoreUnavailableException("cut off") : null;
        errand.Advance(Minutes(1));
        store.Fails = null;
        errand.Advance(Minutes(1));
        Assert.Single(NoticesOf(errand));
        errand.Run(client => client.AnswerAsync(job.Id, "1", JobData.Parse("true"), "me"));
        Assert.Equal((JobState.Completed, 1), (errand.End(job.Id).State, errand.Get(job.Id).Attempt));
    }

    [Fact]
    public void C9_a_submit_with_a_key_whose_answer_was_lost_is_told_once_when_it_is_made_again()
    {
        var store = new StoreSpy(new MemoryJobStore());
        using var errand = Start(store);
        var spec = Sleep(1) with { Key = "once", Notify = [Hook] };
        int adds = 0;
        // The job is written, and what is to tell of it is not.
        store.Fails = call => call == "add" && ++adds == 2 ? new StoreUnavailableException("cut off") : null;
        Assert.Throws<StoreUnavailableException>(() => errand.Submit(spec));
        Assert.Empty(NoticesOf(errand));
        for (int i = 0; i < 3; i++) errand.Submit(spec);
        errand.Advance(Seconds(10));
        Assert.Equal(JobHolds.None, Assert.Single(NoticesOf(errand)).Holds);
    }

    [Fact]
    public void C9_a_promotion_whose_answer_was_lost_is_told_once()
    {
        var store = new StoreSpy(new MemoryJobStore());
        using var errand = Start(store);
        var call = errand.Begin(client => client.CallAsync(Sleep(20) with { Notify = [Hook] }, Patience(5)));
        store.LosesAnswers = true;
        errand.Advance(Seconds(7));
        store.LosesAnswers = false;
        errand.Advance(Seconds(30));
        Assert.True(call.Answer.IsPromoted);
        Assert.Equal(JobHolds.None, Assert.Single(NoticesOf(errand)).Holds);
    }

    [Fact]
    public void C9_a_drain_refuses_no_notice_of_what_is_under_way()
    {
        using var errand = Start(new MemoryJobStore());
        var call = errand.Begin(client => client.CallAsync(new JobSpec("ask") { Notify = [Hook] }, Patience(60)));
        errand.Run(_ => errand.Services.GetRequiredService<IQueueClient>().DrainAsync(null, "a test"));
        errand.Advance(Minutes(1));
        Assert.True(call.Answer.IsPromoted);
        Assert.Equal(2, NoticesOf(errand).Count);
    }

    [Fact]
    public void C9_a_batch_tells_of_each_job_that_asks_for_it_and_answers_in_its_order()
    {
        using var errand = Start(new MemoryJobStore());
        var jobs = errand.Run(client => client.SubmitAsync([Sleep(1) with { Notify = [Hook] }, Sleep(2), Sleep(3) with { Notify = [Hook] }]));
        Assert.Equal(["1", "2", "3"], jobs.Select(job => job.Spec.Input.ToString()));
        errand.Advance(Seconds(10));
        Assert.Equal(
            new[] { jobs[0].Id, jobs[2].Id }.Order(),
            NoticesOf(errand).Select(notice => Assert.Single(notice.Spec.After).Job).Order());
    }

    private static ErrandTest Start(IJobStore store)
    {
        var errand = ErrandTest.Start(
            builder => builder
                .AddSleep(kind => kind.Restartable = true)
                .Add("ask", job => job.AskAsync(JobData.Parse("1")).AsTask(), kind => kind.Restartable = true)
                .AddNotices(options => options.Secret = NoticeHost.Secret),
            store);
        errand.Run(_ => errand.Services.GetRequiredService<IQueueClient>().PauseAsync(NoticeKinds.Webhook, "a test"));
        return errand;
    }

    private static IReadOnlyList<Job> NoticesOf(ErrandTest errand) =>
        errand.Run(client => client.ListAsync(new() { Kind = NoticeKinds.Webhook })).Items;

    private static IReadOnlyList<Job> NoticesOf(IJobStore store) =>
        store.ListAsync(new() { Kind = NoticeKinds.Webhook }).AsTask().GetAwaiter().GetResult().Items;
}
