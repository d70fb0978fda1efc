import TandemShapes
import Testing

@testable import TandemThreads

struct ThreadBudgetTests {
  @Test func theSettingCounts() throws {
    #expect(try ThreadBudget.automaticCount(setting: "3") == 3)
    #expect(try ThreadBudget.automaticCount(setting: nil) >= 1)
    #expect(try ThreadBudget.automaticCount(setting: "") >= 1)
  }

  @Test(arguments: ["0", "-1", "four", "1.5", "99999"]) func aBadSettingIsNamed(setting: String) {
    let error = #expect(throws: ShapeError.self) {
      try ThreadBudget.automaticCount(setting: setting)
    }
    #expect(
      error?.message
        == "TANDEM_NUM_THREADS: not a whole number from 1 to 1024: '\(setting)'")
  }

  @Test func quotaOfVersion2IsTheSmallestOnThePath() {
    let files = [
      "/sys/fs/cgroup/a/cpu.max": "400000 100000\n", "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
    ]
    #expect(ProcessorQuota.smallest(membership: "0::/a/b\n") { files[$0] } == 4)
    #expect(ProcessorQuota.smallest(membership: "0::/c\n") { files[$0] } == nil)
    #expect(ProcessorQuota.quotaOfVersion2("150000 100000") == 1.5)
  }

  @Test func quotaOfVersion1() {
    let files = [
      "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "250000\n",
      "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    let membership = "4:memory:/x\n3:cpu,cpuacct:/x\n"
    #expect(ProcessorQuota.smallest(membership: membership) { files[$0] } == 2.5)
  }

  @Test func memoryOfAContainer() {
    let files = [
      "/sys/fs/cgroup/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "4294967296\n",
      "/sys/fs/cgroup/a/b/memory.max": "max\n",
      "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1073741824\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(MemoryQuota.smallest(membership: "0::/a/b\n") { files[$0] } == 4 << 30)
    #expect(MemoryQuota.smallest(membership: "0::/c\n") { files[$0] } == nil)
    #expect(MemoryQuota.smallest(membership: "5:memory:/x\n3:cpu:/y\n") { files[$0] } == 1 << 30)
    #expect(MemoryQuota.memory > 1 << 20)
  }
}
