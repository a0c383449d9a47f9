#include "core/linalg/device.h"

#include <ATen/Context.h>
#include <c10/util/Exception.h>

#include <stdexcept>

#include "core/linalg/torch_scope.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using ::testing::HasSubstr;

TEST(Device, cpuIsAlwaysThereAndNonsenseIsRefused) {
  EXPECT_EQ(chooseDevice("cpu").kind, DeviceKind::Cpu);
  EXPECT_EQ(chooseDevice("cpu").id(), "cpu");
  EXPECT_FALSE(chooseDevice("auto").reason.empty());
  (void)errorOf([] { (void)chooseDevice("gpu"); });
  (void)errorOf([] { (void)chooseDevice("cuda:"); });
  (void)errorOf([] { (void)chooseDevice("cuda:99"); });
}

TEST(Device, isNamedInFull) {
  EXPECT_EQ(fullName(chooseDevice("cpu")), "cpu");
  for (const CudaDevice& device : cudaStatus().devices)
    EXPECT_EQ(fullName({DeviceKind::Cuda, device.index, ""}),
              "cuda:" + std::to_string(device.index) + ", " + device.name);
}

TEST(Device, float32IsNotRounded) {
  keepFloat32();
  EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
  EXPECT_FALSE(at::globalContext().allowTF32CuDNN(at::Float32Op::CONV));
  EXPECT_FALSE(at::globalContext().allowTF32CuDNN(at::Float32Op::RNN));
  releaseUnused({});
}

TEST(OnDevice, torchsErrorsSayWhatCanBeDone) {
  const Device device = {DeviceKind::Cuda, 1, "cuda:1, a card (as asked)"};
  const TorchRemedies remedies = {.whenFull = "use less", .otherwise = "try again"};
  const ErrorParts full = errorOf([&] {
    onDevice(device, "compute", remedies, [] { TORCH_CHECK_WITH(OutOfMemoryError, false, "80 GiB are in use"); });
  });
  EXPECT_EQ(full.what, "compute");
  EXPECT_EQ(full.where, "cuda:1");
  EXPECT_THAT(full.why, HasSubstr("memory is full: 80 GiB are in use"));
  EXPECT_EQ(full.remedy, "use less");
  const ErrorParts other =
      errorOf([&] { onDevice(device, "compute", remedies, [] { TORCH_CHECK(false, "an odd shape"); }); });
  EXPECT_THAT(other.why, HasSubstr("an odd shape"));
  EXPECT_EQ(other.remedy, "try again");
}

TEST(OnDevice, lessPeculiarErrorsAndResultsPassThrough) {
  EXPECT_THROW(onDevice({}, "compute", {}, [] { throw std::logic_error("a bug"); }), std::logic_error);
  EXPECT_EQ(onDevice({}, "compute", {}, [] { return 3; }), 3);
}
