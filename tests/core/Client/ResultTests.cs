using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>What a job leaves: its result, or the way to do it again.</summary>
public sealed class ResultTests
{
    [Fact]
    public void B_52_a_result_asked_for_early_says_how_to_wait()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(5)).Id;
        errand.RunToIdle();
        var refusal = Assert.Throws<JobNotFinishedException>(() => errand.Run(client => client.GetResultAsync(id)));
        Assert.Equal((id, JobState.Running), (refusal.JobId!.Value, refusal.State));
        Assert.Contains("is running and has no result yet", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("WaitAsync", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, errand.Run(client => client.WaitForResultAsync<double>(id)));
    }

    [Fact]
    public void The_result_of_a_cancelled_job_is_refused_with_who_cancelled_it()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(5)).Id;
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.RunToIdle();
        var refusal = Assert.Throws<JobFailedException>(() => errand.Run(client => client.GetResultAsync(id)));
        Assert.Contains("was cancelled by ann", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void J10_a_large_result_goes_beside_the_output_and_is_read_like_any_other()
    {
        string large = $"\"{new string('x', 200_000)}\"";
        using var errand = ErrandTest.Start(builder => builder.Add("large", _ => Task.FromResult(large)));
        var job = errand.End(errand.Submit(new("large")).Id);
        Assert.Equal((true, large.Length), (job.Outcome!.Result.IsNone, job.Outcome.LargeResultBytes));
        using var other = errand.StartAnother();
        Assert.Equal(large, other.Run(client => client.GetResultAsync(job.Id)).ToString());
        Assert.Equal(1, errand.Run(client => client.PurgeAsync(new())));
        Assert.Empty(errand.Run(_ => errand.Services.GetRequiredService<IOutputLog>().ListAsync(default, 10)));
    }

    [Fact]
    public void A_job_that_failed_is_done_again_as_a_new_job_that_names_it()
    {
        int runs = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("flaky", _ => ++runs == 1 ? throw new InvalidOperationException("no") : Task.FromResult("1")));
        var failed = errand.End(errand.Submit(new("flaky") { Title = "t" }).Id);
        var again = errand.Run(client => client.RetryAsync(failed.Id));
        Assert.NotEqual(failed.Id, again.Id);
        Assert.Equal((failed.Id, "t"), (again.Spec.RetryOf!.Value, again.Spec.Title));
        Assert.Equal(JobState.Completed, errand.End(again.Id).State);
        Assert.Equal(failed, errand.Get(failed.Id));
        var refusal = Assert.Throws<InvalidJobException>(() => errand.Run(client => client.RetryAsync(again.Id)));
        Assert.Contains("has completed", refusal.Message, StringComparison.Ordinal);
    }
}
