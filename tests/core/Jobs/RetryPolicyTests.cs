using FsCheck.Fluent;

namespace Errand.Tests.Jobs;

public sealed class RetryPolicyTests
{
    private static readonly JobError Passing = new("e", "m");

    [Fact]
    public void G_1_delays_start_at_a_second_and_double_up_to_five_minutes()
    {
        var policy = new RetryPolicy();
        var delays = Enumerable.Range(1, 11).Select(attempt => policy.DelayAfter(attempt).TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], delays);
        Assert.Equal(3, policy.MaxRetries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void An_attempt_that_never_was_counts_as_the_first(int attempt) =>
        Assert.Equal(TimeSpan.FromSeconds(1), new RetryPolicy().DelayAfter(attempt));

    [Fact]
    public void Delays_are_within_their_bounds_and_never_shrink() => Properties.Hold(Prop.ForAll(
        (from baseMs in Gen.Choose(0, 100_000)
         from maxMs in Gen.Choose(0, 10_000_000)
         from factor in Gen.Choose(100, 1000)
         from attempt in Gen.OneOf(Gen.Choose(1, 50), Gen.Choose(1, int.MaxValue - 1))
         select (baseMs, maxMs, factor, attempt)).ToArbitrary(),
        tried =>
        {
            var policy = new RetryPolicy
            {
                BaseDelay = TimeSpan.FromMilliseconds(tried.baseMs), MaxDelay = TimeSpan.FromMilliseconds(tried.maxMs), Factor = tried.factor / 100.0,
            };
            var delay = policy.DelayAfter(tried.attempt);
            Assert.InRange(delay, TimeSpan.Zero, policy.MaxDelay);
            Assert.True(policy.DelayAfter(tried.attempt + 1) >= delay);
        }));

    [Fact]
    public void What_is_tried_again_at_once_is_tried_at_once_however_often() =>
        Assert.Equal(TimeSpan.Zero, new RetryPolicy { BaseDelay = TimeSpan.Zero }.DelayAfter(5000));

    [Fact]
    public void So_many_attempts_may_follow_the_first()
    {
        var policy = new RetryPolicy { MaxRetries = 2 };
        Assert.Equal([true, true, false, false], Enumerable.Range(1, 4).Select(attempt => policy.Allows(attempt, Passing)));
        Assert.False(RetryPolicy.None.Allows(1, Passing));
    }

    [Fact]
    public void An_error_that_would_come_again_is_not_tried_again() =>
        Assert.False(new RetryPolicy().Allows(1, Passing with { Retryable = false }));
}
