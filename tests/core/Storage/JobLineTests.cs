using Errand.Storage;

namespace Errand.Tests.Storage;

public sealed class JobLineTests
{
    [Fact]
    public void A_line_keeps_its_order_whoever_comes_and_leaves()
    {
        int seed = Seeds.New();
        var random = new Random(seed);
        var line = new JobLine();
        List<StoredJob> inLine = [];
        for (int step = 0; step < 5000; step++)
        {
            if (inLine.Count == 0 || random.Next(step % 2000 < 1000 ? 3 : 2) > 0 && step % 2000 < 1000)
            {
                var job = new StoredJob(Job.Queued(JobId.New(Jobs.Steps.Start), new("work"), Jobs.Steps.Start), step);
                line.Add(job, random.Next(50));
                inLine.Add(job);
            }
            else
            {
                var leaving = random.Next(2) == 0 ? line.First! : inLine[random.Next(inLine.Count)];
                line.Remove(leaving);
                Assert.Null(leaving.Line);
                inLine.Remove(leaving);
            }
            var first = inLine.OrderBy(job => job.LineKey).ThenBy(job => job.Arrival).FirstOrDefault();
            Assert.True(line.First == first && line.Count == inLine.Count, $"seed {seed}, step {step}");
            if (step % 100 == 0) PlacesAreRight(line, inLine, seed);
        }
    }

    private static void PlacesAreRight(JobLine line, List<StoredJob> inLine, int seed)
    {
        var ordered = inLine.OrderBy(job => job.LineKey).ThenBy(job => job.Arrival).ToList();
        for (int i = 0; i < ordered.Count; i++)
        {
            Assert.True(i == line.CountBefore(ordered[i], int.MaxValue), $"seed {seed}");
            Assert.True(Math.Min(i, 5) == line.CountBefore(ordered[i], 5), $"seed {seed}");
        }
    }
}
