using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Maintenance;

public sealed class LostRunnerTests
{
    [Fact]
    public void The_jobs_of_a_process_that_is_gone_from_this_host_are_taken_over_at_once()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(60)).Id;
        errand.Advance(Seconds(1));
        errand.Node.Kill();
        // One beat of the other one, not the lease.
        errand.Advance(Seconds(4));
        Assert.Contains(JobEvents.Adopted, other.History(id));
    }

    [Fact]
    public void A_silent_runner_lapses_only_after_a_whole_lease()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(60)).Id;
        errand.Advance(Seconds(1));
        errand.Node.Freeze();
        errand.Advance(Seconds(12));
        Assert.DoesNotContain(JobEvents.Adopted, other.History(id));
        errand.Advance(Seconds(8));
        Assert.Contains(JobEvents.Adopted, other.History(id));
    }

    [Fact]
    public void Runners_that_were_all_cut_off_for_longer_than_a_lease_do_not_take_each_other_for_gone()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(120)).Id;
        errand.Advance(Seconds(5));
        errand.Node.Freeze();
        other.Node.Freeze();
        errand.Advance(Seconds(20));
        other.Node.Thaw();
        errand.Advance(Seconds(1));
        errand.Node.Thaw();
        errand.Advance(Seconds(20));
        Assert.DoesNotContain(JobEvents.Adopted, other.History(id));
        Assert.Equal(1, errand.End(id).Attempt);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void B_46_an_observers_clock_that_jumps_lapses_nobody(int minutes)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(120)).Id;
        for (int i = 0; i < 10; i++)
        {
            errand.Advance(Seconds(5));
            other.Time.WallClockOffset += Minutes(minutes);
        }
        Assert.DoesNotContain(JobEvents.Adopted, other.History(id));
        Assert.Equal(1, errand.End(id).Attempt);
    }
}
