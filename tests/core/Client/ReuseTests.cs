using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>D3, D9, B-19: identical requests.</summary>
public sealed class ReuseTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """{ "b" : [1, 2.0], "a" : 1 }""", true)]
    [InlineData("""{"a":"é"}""", """{"a":"\u00e9"}""", true)]
    [InlineData("""{"a":1e2}""", """{"a":100}""", true)]
    [InlineData("""{"a":1,"asyncTimeout":5}""", """{"a":1,"asyncTimeout":9}""", true)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":12345678901234567890}""", """{"a":12345678901234567891}""", false)]
    [InlineData("""{"a":0.1}""", """{"a":0.10000000000000000555}""", false)]
    [InlineData("""{"a":null}""", """{}""", false)]
    public void D3_the_same_arguments_are_the_same_however_they_are_written(string one, string other, bool same)
    {
        string Of(string input) => JobFingerprint.Of("tool", JobData.Parse(input), "space", ["asyncTimeout"]);
        Assert.Equal(same, Of(one) == Of(other));
        Assert.NotEqual(Of(one), JobFingerprint.Of("other", JobData.Parse(one), "space", ["asyncTimeout"]));
        Assert.NotEqual(Of(one), JobFingerprint.Of("tool", JobData.Parse(one), "elsewhere", ["asyncTimeout"]));
    }

    [Fact]
    public void B_19_the_same_call_in_flight_is_the_same_job_and_one_execution()
    {
        int ran = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("slow", async job =>
        {
            ran++;
            await Task.Delay(Seconds(30), job.Time);
            return "42";
        }));
        using var other = errand.StartAnother();
        var calls = Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? errand : other).Begin(client => client.CallAsync(Same("slow", JobReuse.InFlight)))).ToList();
        errand.Advance(Minutes(1));
        Assert.All(calls, call => Assert.Equal("42", call.Answer.Outcome!.Result.ToString()));
        Assert.Equal(1, ran);
        Assert.Single(calls.Select(call => call.Answer.Job!.Id).Distinct());
        // What was in flight is over: the next call runs.
        errand.Run(client => client.CallAsync(Same("slow", JobReuse.InFlight)));
        Assert.Equal(2, ran);
    }

    [Fact]
    public void B_19_after_completion_the_kept_value_until_its_time_is_over()
    {
        int ran = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("price", _ => Task.FromResult($"{++ran}")));
        var spec = Same("price", JobReuse.Result) with { KeepFor = Minutes(10) };
        Assert.Equal("1", Call(errand, spec));
        errand.Advance(Minutes(9));
        Assert.Equal("1", Call(errand, spec));
        errand.Advance(Minutes(2));
        Assert.Equal("2", Call(errand, spec));
        Assert.Equal("3", Call(errand, spec with { Owner = "ann" }));
    }

    [Fact]
    public void B_19_a_failure_is_not_sticky_nor_is_what_somebody_asked_to_end()
    {
        int ran = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("flaky", _ => ++ran == 1 ? throw new InvalidOperationException("no") : Task.FromResult($"{ran}")).AddSleep());
        var spec = Same("flaky", JobReuse.Result);
        Assert.Equal(JobState.Failed, errand.Run(client => client.CallAsync(spec)).Outcome!.State);
        Assert.Equal("2", Call(errand, spec));
        var sleep = Sleep(100) with { Reuse = JobReuse.InFlight, Fingerprint = "f" };
        var stopping = errand.Submit(sleep);
        errand.Run(client => client.CancelAsync(stopping.Id, "ann"));
        Assert.NotEqual(stopping.Id, errand.Submit(sleep).Id);
    }

    [Fact]
    public void D3_a_caller_who_gives_up_does_not_take_the_job_from_the_others()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var spec = Sleep(60) with { Reuse = JobReuse.InFlight, Fingerprint = "f" };
        using var gaveUp = new CancellationTokenSource();
        var one = errand.Begin(client => client.CallAsync(spec, null, gaveUp.Token));
        var two = errand.Begin(client => client.CallAsync(spec));
        gaveUp.Cancel();
        errand.Advance(Minutes(2));
        Assert.Equal("60", two.Answer.Outcome!.Result.ToString());
        Assert.True(one.HasEnded);
    }

    [Fact]
    public void D9_without_single_flight_the_running_twin_can_be_named()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var spec = Sleep(60) with { Fingerprint = JobFingerprint.Of("sleep", JobData.Parse("60")) };
        var first = errand.Submit(spec);
        var second = errand.Submit(spec);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Id, errand.Run(client => client.FindTwinAsync(second))!.Id);
        Assert.Equal(second.Id, errand.Run(client => client.FindTwinAsync(first))!.Id);
        var elsewhere = errand.Submit(spec with { Owner = "ann" });
        Assert.Null(errand.Run(client => client.FindTwinAsync(elsewhere)));
        errand.End(first.Id);
        errand.End(second.Id);
        Assert.Null(errand.Run(client => client.FindTwinAsync(second)));
    }

    [Fact]
    public void D3_reuse_without_a_fingerprint_is_refused()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        Assert.Equal("fingerprint", Assert.Throws<InvalidJobException>(() => errand.Submit(Sleep(1) with { Reuse = JobReuse.Result })).Parameter);
    }

    private static string Call(ErrandTest errand, JobSpec spec) => errand.Run(client => client.CallAsync(spec)).Outcome!.Result.ToString();

    private static JobSpec Same(string kind, JobReuse reuse) => new(kind) { Reuse = reuse, Fingerprint = JobFingerprint.Of(kind, JobData.None) };
}
